/**
 * Whether an answer is a page or a message rather than a file: hosts send errors with any status, but never
 * as an attachment.
 */
export function isPage(headers: Readonly<Record<string, string>>): boolean {
  const type = headers['content-type'] ?? ''
  return (
    /^\s*(text\/html|application\/json)\b/i.test(type) &&
    !/^\s*attachment\b/i.test(headers['content-disposition'] ?? '')
  )
}

/** Whether a text begins like HTML. */
export function looksLikeHtml(text: string): boolean {
  return /^\uFEFF?\s*<(!doctype|html|head|body|!--|\?xml|center|h\d|title|p|div)\b|^\uFEFF?\s*<!/i.test(
    text.slice(0, 512),
  )
}
