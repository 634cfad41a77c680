import { greeting } from "./greeting.ts";
import type { Phrases } from "./letter.ts";

export const es: Phrases = {
  verify: ({ name, link }) => ({
    subject: "Confirma tu dirección de correo",
    preview: "Un clic y tu cuenta estará lista.",
    heading: "Confirma tu dirección de correo",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, se ha registrado con esta dirección. Confírmala para terminar.",
    ],
    action: { label: "Confirmar dirección", url: link },
    details: [],
    notes: [
      "El enlace funciona una sola vez y por tiempo limitado.",
      "Si no has sido tú, ignora este correo: sin el enlace no pasa nada.",
    ],
  }),
  account_exists: ({ name, link }) => ({
    subject: "Ya tienes una cuenta",
    preview: "Alguien ha intentado registrarse con tu dirección.",
    heading: "Ya tienes una cuenta",
    paragraphs: [
      greeting("Hola", name),
      "Alguien ha intentado registrarse con esta dirección, que ya pertenece a tu cuenta. Nada ha cambiado.",
      "Si has sido tú, inicia sesión, o restablece tu contraseña si ya no la recuerdas.",
    ],
    action: { label: "Iniciar sesión", url: link },
    details: [],
    notes: ["Si no has sido tú, no tienes que hacer nada."],
  }),
  reset: ({ name, link }) => ({
    subject: "Restablece tu contraseña",
    preview: "Elige una contraseña nueva para tu cuenta.",
    heading: "Restablece tu contraseña",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, ha pedido una contraseña nueva para tu cuenta. Elige una para volver a entrar; se cerrará la sesión en todos los dispositivos.",
    ],
    action: { label: "Elegir contraseña nueva", url: link },
    details: [],
    notes: [
      "El enlace funciona una sola vez y durante 30 minutos.",
      "Si no has sido tú, ignora este correo: tu contraseña no cambia.",
    ],
  }),
  receipt: ({ name, plan, amount, invoice }) => ({
    subject: `Tu recibo de ${plan}`,
    preview: `Hemos recibido ${amount}. Gracias.`,
    heading: "Gracias por tu pago",
    paragraphs: [greeting("Hola", name), "Hemos recibido tu pago y tu plan está activo."],
    action: null,
    details: [
      ["Plan", plan],
      ["Importe", amount],
      ["Factura", invoice],
    ],
    notes: ["Guarda este correo como recibo."],
  }),
  layout: {
    pasteLink: "Si el botón no funciona, abre esta dirección:",
    footer: (support) => `¿Preguntas? Escribe a ${support}.`,
  },
};
