/** save has the browser put what the page made into a file. */
export function save(name: string, type: string, parts: readonly BlobPart[]): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }))
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  // It is read by then, or never.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
