import { expect, it } from "vitest";

import { countingShell } from "./instrumented.ts";

it("exports every class of the bundle again, objects as objects, after the instruments", () => {
  expect(countingShell(["default", "ForGateway", "Subject"], ["Subject"]).split("\n")).toEqual([
    `import { counted, countedObject } from "./instruments.js";`,
    `import * as real from "./index.js";`,
    `export { Instruments } from "./instruments.js";`,
    `export default counted(real.default);`,
    `export const ForGateway = counted(real.ForGateway);`,
    `export const Subject = countedObject(real.Subject);`,
  ]);
});
