import { downloadName } from './file-name.js'

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Without what clients read wrongly where XML has to escape it: aria2 names a file `A &#38; B`. */
export function metalinkName(name: string): string {
  return downloadName(name).replace(/[&']/g, '_')
}

/** Text for XML 1.0, which has no way to say most control characters, surrogates and U+FFFE. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '')
}
