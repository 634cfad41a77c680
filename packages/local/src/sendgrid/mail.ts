import type { Delivery } from "../mail-sink/mailbox.ts";

export interface FieldError {
  message: string;
  field: string | null;
  help: string | null;
}

type Fields = Record<string, unknown>;

/** A mail with what comes back in its events. */
export interface SendGridDelivery {
  mail: Delivery;
  customArgs: Record<string, string>;
}

const MAX_PERSONALIZATIONS = 1_000;

const objects = (value: unknown): Fields[] =>
  Array.isArray(value)
    ? value.filter((one): one is Fields => typeof one === "object" && one !== null)
    : [];

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const texts = (value: unknown): [string, string][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).map(([name, one]) => [name.toLowerCase(), String(one)])
    : [];

const plain = (value: unknown): Record<string, string> =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]))
    : {};

const addresses = (fields: Fields): string[] =>
  ["to", "cc", "bcc"].flatMap((kind) => objects(fields[kind]).map(({ email }) => text(email)));

/** The first things SendGrid complains about, in its words. */
const findErrors = (mail: Fields): FieldError[] => {
  const errors: FieldError[] = [];
  const complain = (field: string, message: string): void => {
    errors.push({ message, field, help: null });
  };
  const personalizations = objects(mail["personalizations"]);
  if (personalizations.length === 0 || personalizations.length > MAX_PERSONALIZATIONS) {
    complain(
      "personalizations",
      "The personalizations field is required and must have at least one personalization.",
    );
  }
  for (const [index, one] of personalizations.entries()) {
    const field = `personalizations.${index}.to`;
    if (objects(one["to"]).length === 0)
      complain(field, "The to array is required, and must have at least one recipient.");
    else if (!addresses(one).every((address) => /^[^\s@]+@[^\s@]+$/.test(address))) {
      complain(`${field}.email`, "Does not contain a valid address.");
    }
    if (text(one["subject"]) === "" && text(mail["subject"]) === "") {
      complain("subject", "The subject is required.");
    }
  }
  if (!text((mail["from"] as Fields | undefined)?.["email"]).includes("@")) {
    complain("from.email", "The from object must be provided for every email send.");
  }
  const content = objects(mail["content"]);
  if (content.length === 0 || content.some(({ value }) => text(value) === "")) {
    complain(
      "content.0.value",
      "The content value must be a string at least one character in length.",
    );
  }
  return errors;
};

/** The mails of one `POST /v3/mail/send`, or what SendGrid would refuse. `null` was not JSON. */
export const parseMail = (
  mail: Fields | null,
): { errors: FieldError[] } | { sandbox: boolean; deliveries: SendGridDelivery[] } => {
  if (mail === null) return { errors: [{ message: "Bad Request", field: null, help: null }] };
  const errors = findErrors(mail);
  if (errors.length > 0) return { errors };
  const part = (type: string): string =>
    text(objects(mail["content"]).find((one) => one["type"] === type)?.["value"]);
  const settings = mail["mail_settings"] as { sandbox_mode?: { enable?: unknown } } | undefined;
  const deliveries = objects(mail["personalizations"]).map((one): SendGridDelivery => {
    const subject = text(one["subject"]) || text(mail["subject"]);
    const delivery = {
      to: addresses(one),
      from: text((mail["from"] as Fields)["email"]),
      subject,
      text: part("text/plain"),
      html: part("text/html"),
      headers: Object.fromEntries([...texts(mail["headers"]), ...texts(one["headers"])]),
    };
    const customArgs = { ...plain(mail["custom_args"]), ...plain(one["custom_args"]) };
    return { mail: delivery, customArgs };
  });
  return { sandbox: settings?.sandbox_mode?.enable === true, deliveries };
};
