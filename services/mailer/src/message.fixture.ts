import type { Message } from "./message.ts";

export const message: Message = {
  mailId: "0001mail",
  from: { name: "Luna Mesh", address: "no-reply@luna.example.com" },
  replyTo: { name: "", address: "support@example.com" },
  to: "ada@example.com",
  subject: "Hello",
  text: "Hi\n.\n..dots\nGrüße",
  html: "<p>Grüße</p>",
  date: Date.UTC(2030, 0, 1),
};
