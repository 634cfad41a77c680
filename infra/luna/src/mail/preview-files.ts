import { fileOf, PREVIEW_STYLE, previewPage } from "./preview-page.ts";
import { renderSamples } from "./render-samples.ts";

/** The preview as files by name; `index.html` shows the others. */
export const previewFiles = async (): Promise<Map<string, string>> => {
  const groups = await renderSamples();
  const mails = groups.flatMap(({ samples }) => samples);
  return new Map([
    ["index.html", previewPage(groups)],
    ["preview.css", PREVIEW_STYLE],
    ...mails.flatMap((mail): [string, string][] => [
      [`${fileOf(mail)}.html`, mail.html],
      [`${fileOf(mail)}.txt`, `${mail.subject}\n\n${mail.text}`],
    ]),
  ]);
};
