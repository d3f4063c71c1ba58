/**
 * What browsers show or play by themselves, by the end of the name. Nothing that holds scripts or markup is in here: no
 * HTML, no SVG, no XML.
 */
const TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  flac: 'audio/flac',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  m4v: 'video/mp4',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  ogv: 'video/ogg',
  opus: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
}

/** The media type under which a file may be shown in a browser; undefined where it is downloaded only. */
export function inlineTypeOf(name: string): string | undefined {
  const end = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return name.includes('.') && Object.hasOwn(TYPES, end) ? TYPES[end] : undefined
}
