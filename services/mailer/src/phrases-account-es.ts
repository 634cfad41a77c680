import { greeting, harmless } from "./greeting.ts";
import type { AccountTemplate, PhrasesOf } from "./letter.ts";

export const accountEs: PhrasesOf<AccountTemplate> = {
  verify: ({ name, link }) => ({
    subject: "Confirma tu dirección de correo",
    preview: "Un clic y tu cuenta estará lista.",
    heading: "Confirma tu dirección de correo",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, se ha registrado con esta dirección. Confírmala para terminar.",
    ],
    action: { label: "Confirmar dirección", url: link },
    notes: [
      "El enlace funciona una sola vez y por tiempo limitado.",
      "Si no has sido tú, ignora este correo: sin el enlace no pasa nada.",
    ],
  }),
  account_exists: ({ name, link }) => ({
    subject: "Ya tienes una cuenta",
    preview: "Alguien ha intentado registrar tu dirección.",
    heading: "Ya tienes una cuenta",
    paragraphs: [
      greeting("Hola", name),
      "Alguien ha intentado registrar esta dirección, que ya pertenece a tu cuenta. Nada ha cambiado.",
      "Si has sido tú, inicia sesión, o restablece tu contraseña si ya no la recuerdas.",
    ],
    action: { label: "Iniciar sesión", url: link },
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
    notes: [
      "El enlace funciona una sola vez y durante 30 minutos.",
      "Si no has sido tú, ignora este correo: tu contraseña no cambia.",
    ],
  }),
  email_change_confirm: ({ name, link, validFor }) => ({
    subject: "Confirma tu nueva dirección de correo",
    preview: "Un clic y tu cuenta usará esta dirección.",
    heading: "Confirma tu nueva dirección de correo",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, quiere usar esta dirección en su cuenta. Confírmala para hacer el cambio; hasta entonces sigue la anterior.",
    ],
    action: { label: "Confirmar nueva dirección", url: link },
    notes: [
      `El enlace funciona una sola vez y durante ${validFor}.`,
      "Si no has sido tú, ignora este correo: sin el enlace nada cambia.",
    ],
  }),
  email_change_notice: ({ name, newEmail, at, link }) => ({
    subject: "Tu dirección de correo está a punto de cambiar",
    preview: "Si no has sido tú, detenlo ahora.",
    heading: "Tu dirección de correo está a punto de cambiar",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, ha pedido pasar tu cuenta a otra dirección. El cambio se hará cuando esa dirección se confirme.",
      "Si no has sido tú, pon ahora una contraseña nueva: eso detiene el cambio y cierra la sesión en todos los dispositivos.",
    ],
    details: [
      ["Dirección nueva", newEmail],
      ["Pedido", at],
    ],
    action: { label: "Poner contraseña nueva", url: link },
    notes: ["Si has sido tú, no tienes que hacer nada."],
  }),
  new_device: ({ name, device, at, link }) => ({
    subject: "Nuevo inicio de sesión en tu cuenta",
    preview: "Desde un dispositivo que no conocíamos.",
    heading: "Nuevo inicio de sesión en tu cuenta",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, ha entrado en tu cuenta desde un dispositivo que no conocíamos.",
      "Si no has sido tú, pon ahora una contraseña nueva: eso cierra la sesión en todos los dispositivos.",
    ],
    details: [
      ["Dispositivo", device === "" ? "Desconocido" : device],
      ["Momento", at],
    ],
    action: { label: "Poner contraseña nueva", url: link },
    notes: ["Si has sido tú, no tienes que hacer nada."],
  }),
  key_created: ({ name, keyName, prefix, at, link }) => ({
    subject: "Una nueva clave de API en tu cuenta",
    preview: "Alguien, esperamos que tú, la ha creado.",
    heading: "Una nueva clave de API en tu cuenta",
    paragraphs: [
      greeting("Hola", name),
      "Alguien, esperamos que tú, ha creado una clave de API en tu cuenta. Quien la tenga puede actuar en tu nombre.",
    ],
    details: [
      ["Nombre", keyName],
      ["Empieza por", prefix],
      ["Creada", at],
    ],
    action: { label: "Iniciar sesión", url: link },
    notes: ["Si no has sido tú, inicia sesión, borra la clave y cambia tu contraseña."],
  }),
  invitation: ({ inviter, team, link, validFor }) => {
    const who = harmless(inviter) || "Alguien";
    const name = harmless(team);
    const where = name === "" ? "un equipo" : `el equipo ${name}`;
    return {
      subject: `${who} te invita a unirte a ${where}`,
      preview: "Acepta la invitación para trabajar en equipo.",
      heading: `Invitación para ${where}`,
      paragraphs: ["Hola:", `${who} te invita a unirte a ${where} y trabajar en él.`],
      action: { label: "Aceptar invitación", url: link },
      notes: [
        `La invitación es solo para esta dirección y vale durante ${validFor}.`,
        "Si no sabes de qué se trata, ignora este correo.",
      ],
    };
  },
  export_ready: ({ name, link, validFor }) => ({
    subject: "Tus datos están listos",
    preview: "Ya puedes descargar la copia que has pedido.",
    heading: "Tus datos están listos",
    paragraphs: [
      greeting("Hola", name),
      "La copia de tus datos que has pedido está lista para descargar.",
    ],
    action: { label: "Descargar datos", url: link },
    notes: [
      `El enlace funciona durante ${validFor}. Quien lo tenga puede leer tus datos: no lo compartas.`,
      "Si no la has pedido, cambia tu contraseña.",
    ],
  }),
  account_erased: ({ name, at }) => ({
    subject: "Tu cuenta está borrada",
    preview: "Tu cuenta y sus datos ya no existen.",
    heading: "Tu cuenta está borrada",
    paragraphs: [
      greeting("Hola", name),
      `Como has pedido, hemos borrado tu cuenta y los datos que contenía. Fecha: ${at}.`,
      "Gracias por haber estado con nosotros.",
    ],
    notes: ["Este es el último correo que enviamos a esta dirección."],
  }),
};
