/**
 * Letters and signs that Unicode does not decompose to ASCII, as words of `letter+replacement`, transliterated by sound as is common.
 * Decomposable letters (é, ş, ệ, ﬁ) need no entry.
 */
const latin =
  "ßss ẞSS æae ÆAE œoe ŒOE øo ØO đd ĐD ðd ÐD þth ÞTh łl ŁL ħh ĦH ıi ŋng ŊNG ſs ƒf ŧt ŦT ĸk ŉ'n əe " +
  "’' ‘' ‚, ′' ‛' ″' “\" ”\" „\" «<< »>> ‹< ›> –- —- ―- ‐- ‑- ‒- −- …... ·* •* ×x ÷/ €EUR £PS ¥Y= ©(c) ®(r) ™tm " +
  '¡! ¿? §SS ¶P °deg ±+- ¬! µm ¢C/ ¤$? ¦| ªa ºo ¹1 ²2 ³3 ¼1/4 ½1/2 ¾3/4';
const greek =
  'αa βb γg δd εe ζz ηe θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υu φph χkh ψps ωo ' +
  'ΑA ΒB ΓG ΔD ΕE ΖZ ΗE ΘTh ΙI ΚK ΛL ΜM ΝN ΞKS ΟO ΠP ΡR ΣS ΤT ΥU ΦPh ΧKh ΨPs ΩO';
const cyrillic =
  "аa бb вv гg дd еe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ' ыy ь' эe юiu яia " +
  'єie іi ґg ўu ђdj ѕdz јj љlj њnj ћtsh џdzh ' +
  "АA БB ВV ГG ДD ЕE ЖZh ЗZ ИI ЙI КK ЛL МM НN ОO ПP РR СS ТT УU ФF ХKh ЦTs ЧCh ШSh ЩShch Ъ' ЫY Ь' ЭE ЮIu ЯIa " +
  'ЄE ІI ҐG ЎU ЂDj ЅDz ЈJ ЉLj ЊNj ЋTsh ЏDzh';

const table = /* @__PURE__ */ readTable(`${latin} ${greek} ${cyrillic}`);

function readTable(words: string): Map<string, string> {
  return new Map(words.split(' ').map((word) => [word[0]!, word.slice(1)]));
}

/**
 * Transliterates Latin, Greek and Cyrillic letters to ASCII, one by one. Characters of other scripts are kept.
 */
export function transliterate(text: string): string {
  let result = '';
  for (const char of text.normalize('NFC')) {
    result += table.get(char) ?? decompose(char);
  }
  return result;
}

function decompose(char: string): string {
  if (char <= '\x7f') return char;
  let result = '';
  for (const piece of char.normalize('NFKD').replace(/\p{M}+/gu, '')) result += table.get(piece) ?? piece;
  return result;
}
