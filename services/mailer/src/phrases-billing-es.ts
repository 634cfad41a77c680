import { greeting } from "./greeting.ts";
import type { BillingTemplate, PhrasesOf } from "./letter.ts";

export const billingEs: PhrasesOf<BillingTemplate> = {
  receipt: ({ name, plan, amount, invoice }) => ({
    subject: `Tu recibo de ${plan}`,
    preview: `Hemos recibido ${amount}. Gracias.`,
    heading: "Gracias por tu pago",
    paragraphs: [greeting("Hola", name), "Hemos recibido tu pago y tu plan está activo."],
    details: [
      ["Plan", plan],
      ["Importe", amount],
      ["Factura", invoice],
    ],
    notes: ["Guarda este correo como recibo."],
  }),
  payment_failed: ({ name, plan, amount, link }) => ({
    subject: `Tu pago de ${plan} ha fallado`,
    preview: "Revisa tu forma de pago para conservar tu plan.",
    heading: "Tu pago ha fallado",
    paragraphs: [
      greeting("Hola", name),
      "No hemos podido cobrar el importe de tu plan. Revisa tu forma de pago para conservarlo.",
    ],
    details: [
      ["Plan", plan],
      ["Importe", amount],
    ],
    action: { label: "Revisar forma de pago", url: link },
    notes: ["Si ya has pagado, no tienes que hacer nada."],
  }),
  payment_recovered: ({ name, plan, amount }) => ({
    subject: `Hemos recibido tu pago de ${plan}`,
    preview: `Han llegado ${amount}. Tu plan continúa.`,
    heading: "Hemos recibido tu pago",
    paragraphs: [
      greeting("Hola", name),
      "El pago que había fallado se ha completado. Tu plan continúa como hasta ahora.",
    ],
    details: [
      ["Plan", plan],
      ["Importe", amount],
    ],
    notes: ["Gracias por ocuparte de ello."],
  }),
  subscription_cancelled: ({ name, plan, endsAt, link }) => ({
    subject: `Tu plan ${plan} está cancelado`,
    preview: `Sigue activo hasta el ${endsAt}.`,
    heading: "Tu plan está cancelado",
    paragraphs: [
      greeting("Hola", name),
      "Tu plan está cancelado y no se te cobrará nada más. Hasta el último día puedes usarlo por completo.",
      "Si cambias de opinión, puedes reanudarlo hasta entonces.",
    ],
    details: [
      ["Plan", plan],
      ["Termina el", endsAt],
    ],
    action: { label: "Reanudar plan", url: link },
  }),
  plan_changed: ({ name, oldPlan, plan, at }) => ({
    subject: `Tu plan es ahora ${plan}`,
    preview: `Antes era ${oldPlan}.`,
    heading: `Tu plan es ahora ${plan}`,
    paragraphs: [
      greeting("Hola", name),
      "Tu plan ha cambiado. Sus límites valen desde este momento.",
    ],
    details: [
      ["Antes", oldPlan],
      ["Ahora", plan],
      ["Desde", at],
    ],
    notes: ["Si no lo esperabas, escríbenos."],
  }),
  claim_purchase: ({ account, order, link, validFor }) => ({
    subject: "Vincula tu compra a una cuenta",
    preview: "Un clic y la compra pertenecerá a la cuenta.",
    heading: "Vincula tu compra a una cuenta",
    paragraphs: [
      "Hola:",
      "Alguien, esperamos que tú, quiere usar en una cuenta una compra hecha con esta dirección. Confirma que es tuya.",
    ],
    details: [
      ["Pedido", order],
      ["Cuenta", account],
    ],
    action: { label: "Vincular compra", url: link },
    notes: [
      `El enlace funciona una sola vez y durante ${validFor}.`,
      "Si no has sido tú, ignora este correo: sin el enlace no pasa nada.",
    ],
  }),
};
