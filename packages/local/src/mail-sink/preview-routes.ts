import type { Reply, Route } from "../http-server.ts";
import { problem } from "../json-reply.ts";
import { previewFile } from "./page.ts";

/** Files of a preview by name: `index.html` shows the others. */
export type Previews = () => Promise<ReadonlyMap<string, string>>;

const INDEX = "index.html";

/** The preview of the mail templates. Opening its first page renders all of it anew. */
export const previewRoutes = (render: Previews): Route[] => {
  let files: ReadonlyMap<string, string> | null = null;
  const show = async (name: string): Promise<Reply> => {
    if (name === INDEX || files === null) files = await render();
    const content = files.get(name);
    return content === undefined ? problem(404, "No such preview.") : previewFile(name, content);
  };
  return [
    ["GET", "/templates/", () => show(INDEX)],
    ["GET", "/templates/:name", ({ params }) => show(params["name"] ?? "")],
  ];
};
