export interface RequestParts {
  method?: string;
  path: string;
  /** Sent as a bearer token. */
  token?: string;
  headers?: Record<string, string>;
  body?: string | undefined;
}

/** The bytes of a request, formatted once and sent many times. */
export const requestBytes = ({
  method = "GET",
  path,
  token,
  headers = {},
  body,
}: RequestParts): Buffer => {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: bench.test"];
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined)
    lines.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
};
