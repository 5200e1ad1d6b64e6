// Every word of the page, in English and French, and the language in use.

export const WORDS = {
  en: {
    softphone: "Softphone", voice: "Voice", ring: "Ring tone", otherLanguage: "Français", on: "on", off: "off",
    connected: "Connected", lost: "Connection lost. Trying again …", caller: "Caller", youAre: "You are",
    number: "Number", line: "Line", dial: "Dial", unknown: "Unknown number …", withheld: "Withheld number",
    phones: "Technicians’ phones", nobodyRings: "No phone rings.", ringing: (n) => (n === 1 ? "1 phone rings." : `${n} phones ring.`),
    noPeople: "No technicians are known here: start the simulator with a file of people.",
    story: "Story of this call", storyWaits: "It appears as soon as you have dialled.",
    alerts: (n) => (n === 1 ? "1 alert" : `${n} alerts`), alerted: (code, message) => `Twilio’s debugger: ${message} (${code}).`,
    log: "What Twilio and the service said", callFilter: "Call", allCalls: "All calls", keyboard: "Keyboard",
    heard: (name) => `What ${name} hears`, keypad: (name) => `Keypad of ${name}`, key: (k) => `Key ${k}`,
    say: "Say", sayWhat: (name) => `What ${name} says`, typeWords: "Your words", speak: "Speak",
    hangUp: "Hang up", answer: "Answer", reject: "Reject", texts: "Texts", noTexts: "No texts.",
    textTo: "Text to", textBody: (name) => `Text from ${name}`, writeText: "Write a text", send: "Send",
    attached: (n) => (n === 0 ? "Files" : n === 1 ? "1 file" : `${n} files`), picture: "Picture", file: (type) => `File (${type})`,
    large: "The files of a text have at most 5 MB together.", unreadFile: "This file cannot be read.",
    notInCall: "Not in a call.", rings: (from) => `Rings: ${from}`, calls: (to) => `Calls ${to} …`,
    hears: "In a call with the service", talks: (names) => `Talks with ${names}`, room: (name) => `conference ${name}`,
    waits: (name) => `Waits in the queue ${name}`, alone: "Alone in the conference", held: "on hold",
    others: "Idle phones", ended: (how) => `The call is over: ${how}.`, keysAsked: "Keys are listened for.", wordsAsked: "Words are listened for.",
    bothAsked: "Keys and words are listened for.", music: "music", tone: "tone", ringback: "The other telephone rings",
    screening: "The one who answered is asked first", pressed: (k) => `Pressed ${k}`, says: (words) => `Says: “${words}”`,
    joined: (room) => `Comes into the conference ${room}`, left: (room) => `Leaves the conference ${room}`,
    talk: "Somebody talks", announce: (name, from) => `${name}’s phone rings, from ${from}.`,
    withheldNumber: "a withheld number", pending: "no answer yet", seconds: (s) => `${s} s`, twice: "sent twice",
    nothingSaid: "Nothing was said so far.", empty: "(empty)", parameters: "Parameters", answerBody: "Answer",
    silent: (code, message) => `The service does not answer as it should: ${message} (${code}).`, dismiss: "Dismiss",
    notHeard: "Nobody listens at this moment.", opens: (name) => `Phone of ${name}`, unread: (n) => `${n} new`,
    statuses: { completed: "completed", busy: "busy", failed: "failed", "no-answer": "no answer", canceled: "canceled" },
    kinds: { twiml: "document", status: "call status", conference: "conference", recording: "recording", message: "text", rest: "REST" },
    help: [
      ["Enter", "in a field of the caller: dials. On a button: presses it."],
      ["0–9 * #", "while the keypad has the focus: press keys; the arrows move within it."],
      ["F2", "goes to the phone that rings."],
      ["Escape", "in a phone: hangs it up, or rejects what rings; in a field with words: empties it."],
    ],
    refused: {},
  },
  fr: {
    softphone: "Téléphone logiciel", voice: "Voix", ring: "Sonnerie", otherLanguage: "English", on: "activé", off: "désactivé",
    connected: "Connecté", lost: "Connexion perdue. Nouvel essai …", caller: "Appelant", youAre: "Vous êtes",
    number: "Numéro", line: "Ligne", dial: "Appeler", unknown: "Numéro inconnu …", withheld: "Numéro masqué",
    phones: "Téléphones des techniciens", nobodyRings: "Aucun téléphone ne sonne.",
    ringing: (n) => (n === 1 ? "1 téléphone sonne." : `${n} téléphones sonnent.`),
    noPeople: "Aucun technicien n’est connu ici : démarrez le simulateur avec un fichier de personnes.",
    story: "Histoire de cet appel", storyWaits: "Elle paraît dès que vous avez appelé.",
    alerts: (n) => (n === 1 ? "1 alerte" : `${n} alertes`), alerted: (code, message) => `Débogueur de Twilio : ${message} (${code}).`,
    log: "Ce que Twilio et le service ont dit", callFilter: "Appel", allCalls: "Tous les appels", keyboard: "Clavier",
    heard: (name) => `Ce qu’entend ${name}`, keypad: (name) => `Touches de ${name}`, key: (k) => `Touche ${k}`,
    say: "Dire", sayWhat: (name) => `Ce que dit ${name}`, typeWords: "Vos paroles", speak: "Parler",
    hangUp: "Raccrocher", answer: "Répondre", reject: "Refuser", texts: "Textos", noTexts: "Aucun texto.",
    textTo: "Texto à", textBody: (name) => `Texto de ${name}`, writeText: "Écrivez un texto", send: "Envoyer",
    attached: (n) => (n === 0 ? "Fichiers" : n === 1 ? "1 fichier" : `${n} fichiers`), picture: "Image", file: (type) => `Fichier (${type})`,
    large: "Les fichiers d’un texto ont au plus 5 Mo ensemble.", unreadFile: "Ce fichier ne peut pas être lu.",
    notInCall: "Aucun appel en cours.", rings: (from) => `Sonne : ${from}`, calls: (to) => `Appelle le ${to} …`,
    hears: "En ligne avec le service", talks: (names) => `Parle avec ${names}`, room: (name) => `conférence ${name}`,
    waits: (name) => `Attend dans la file ${name}`, alone: "Seul dans la conférence", held: "en attente",
    others: "Téléphones libres", ended: (how) => `L’appel est terminé : ${how}.`, keysAsked: "On attend des touches.", wordsAsked: "On attend des paroles.",
    bothAsked: "On attend des touches ou des paroles.", music: "musique", tone: "tonalité", ringback: "L’autre téléphone sonne",
    screening: "On interroge d’abord qui a répondu", pressed: (k) => `A appuyé sur ${k}`, says: (words) => `Dit : « ${words} »`,
    joined: (room) => `Entre dans la conférence ${room}`, left: (room) => `Quitte la conférence ${room}`,
    talk: "Quelqu’un parle", announce: (name, from) => `Le téléphone de ${name} sonne : ${from}.`,
    withheldNumber: "un numéro masqué", pending: "pas encore de réponse", seconds: (s) => `${s.replace(".", ",")} s`, twice: "envoyé deux fois",
    nothingSaid: "Rien n’a été dit jusqu’ici.", empty: "(vide)", parameters: "Paramètres", answerBody: "Réponse",
    silent: (code, message) => `Le service ne répond pas comme il faut : ${message} (${code}).`, dismiss: "Fermer",
    notHeard: "Personne n’écoute en ce moment.", opens: (name) => `Téléphone de ${name}`, unread: (n) => (n === 1 ? "1 nouveau" : `${n} nouveaux`),
    statuses: { completed: "raccroché", busy: "occupé", failed: "échoué", "no-answer": "sans réponse", canceled: "annulé" },
    kinds: { twiml: "document", status: "état d’appel", conference: "conférence", recording: "enregistrement", message: "texto", rest: "REST" },
    help: [
      ["Entrée", "dans un champ de l’appelant : appelle. Sur un bouton : l’actionne."],
      ["0–9 * #", "quand le clavier du téléphone a le focus : les touches ; les flèches s’y déplacent."],
      ["F2", "va au téléphone qui sonne."],
      ["Échap", "dans un téléphone : raccroche, ou refuse ce qui sonne ; dans un champ rempli : le vide."],
    ],
    refused: {
      busy: "Ce téléphone est déjà en ligne : raccrochez d’abord.",
      withheld: "Qui masque son numéro ne peut pas envoyer de texto.",
      phone: "Ce téléphone n’existe plus : choisissez de nouveau qui vous êtes.",
      own: "C’est une ligne du service : personne n’appelle de là.",
      line: "Ce numéro n’est pas une des lignes.",
      over: "L’appel est terminé.",
      rings: "Ce téléphone ne sonne plus.",
      unanswered: "Répondez d’abord à l’appel.",
      key: "Ce n’est pas une touche de téléphone.",
      number: "Ce n’est pas un numéro de téléphone : écrivez-le comme 418 555 0199 ou +14185550199.",
      missing: "Il manque quelque chose.",
      long: "C’est trop long.",
      files: "Ces fichiers ne peuvent pas être envoyés.",
      large: "Les fichiers d’un texto ont au plus 5 Mo ensemble.",
      away: "Le simulateur ne répond pas. La page essaie de nouveau.",
    },
  },
};

const KEPT = "softphone.language";
let language = localStorage.getItem(KEPT) || (navigator.language.startsWith("fr") ? "fr" : "en");

export const current = () => language;

export function t(name, ...given) {
  const word = WORDS[language][name];
  return typeof word === "function" ? word(...given) : word;
}

/** A refusal of the server: its code says it in French, its sentence in English. */
export const refusal = ({ code, sentence }) => WORDS[language].refused[code] || sentence;

export function switchLanguage() {
  language = language === "en" ? "fr" : "en";
  localStorage.setItem(KEPT, language);
}

export function translatePage() {
  document.documentElement.lang = language;
  document.title = t("softphone");
  for (const one of document.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
}

/** "+1 403 555 0199"; what withholds its number has none. */
export function shown(number) {
  const found = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number || "");
  if (found) return `+1 ${found[1]} ${found[2]} ${found[3]}`;
  return /^\+\d/.test(number || "") && number !== "+266696687" ? number : t("withheldNumber");
}

/** Of somebody who may be a number, or may have withheld it. */
export function named(name) {
  if (name === "Withheld number") return t("withheld");
  return name.startsWith("+") ? shown(name) : name;
}

/** "14:05:09", in both languages. */
export const clock = (at) => new Date(at * 1000).toLocaleTimeString("en-GB");
