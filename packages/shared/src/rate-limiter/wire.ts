const INITIAL_BYTES = 256;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Grows as needed. Numbers are whole and ≥ 0, seven bits a byte, so that small ones are short. */
export class ByteWriter {
  private bytes = new Uint8Array(INITIAL_BYTES);
  private length = 0;

  number(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  text(value: string): void {
    const encoded = encoder.encode(value);
    this.number(encoded.length);
    for (const byte of encoded) this.byte(byte);
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length] = value;
    this.length += 1;
  }
}

/** Reads what a `ByteWriter` wrote; throws a `RangeError` when the bytes end too early. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  number(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.bytes[this.offset];
      if (byte === undefined) throw new RangeError("The bytes end inside a number");
      this.offset += 1;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
  }

  text(): string {
    const length = this.number();
    const end = this.offset + length;
    if (end > this.bytes.length) throw new RangeError("The bytes end inside a text");
    const value = decoder.decode(this.bytes.subarray(this.offset, end));
    this.offset = end;
    return value;
  }
}
