import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { ROOT } from "luna/root";

interface Media {
  schema: object;
}
interface Answer {
  content?: Record<string, Media>;
}
interface Operation {
  requestBody?: object;
  responses: Record<string, Answer>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

const document = JSON.parse(
  readFileSync(join(ROOT, "services/gateway/openapi.json"), "utf8"),
) as Document;

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ $id: "openapi", components: document.components });

const validators = new Map<object, ValidateFunction>();
const validatorOf = (schema: object): ValidateFunction => {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
  const made = ajv.compile(JSON.parse(text) as object);
  validators.set(schema, made);
  return made;
};

/** OpenAPI: a path without parameters is matched before its templated siblings. */
const templates = Object.keys(document.paths)
  .toSorted((a, b) => Number(a.includes("{")) - Number(b.includes("{")))
  .map((path) => ({
    path,
    form: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
  }));

/** The documented operation of a request, or `null` for paths the document does not describe. */
const operationOf = (method: string, pathname: string): Operation | null => {
  const template = templates.find(({ form }) => form.test(pathname));
  return document.paths[template?.path ?? ""]?.[method.toLowerCase()] ?? null;
};

/**
 * Why an answer breaks the contract, or `null`. An undeclared status, media type or field breaks it.
 * What is not in the document may only be refused: 404 or 405, as a problem.
 */
export const breach = async (
  method: string,
  pathname: string,
  response: Response,
): Promise<string | null> => {
  const where = `${method} ${pathname} → ${response.status}`;
  const operation = operationOf(method, pathname);
  if (operation === null)
    return [404, 405].includes(response.status) ? null : `${where}: not in openapi.json`;
  const answer = operation.responses[String(response.status)];
  if (answer === undefined) return `${where}: status not declared`;
  if (answer.content === undefined)
    return (await response.text()) === "" ? null : `${where}: a body where none is declared`;
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const media = answer.content[type];
  if (media === undefined) return `${where}: ${type} not declared`;
  const validate = validatorOf(media.schema);
  const body = await response.json<unknown>();
  if (validate(body)) return null;
  return `${where}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`;
};

/** Every operation of the document, for tests that must hold for all of them. */
export const documentedOperations = (): { method: string; path: string; hasBody: boolean }[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      hasBody: requestBody !== undefined,
    })),
  );
