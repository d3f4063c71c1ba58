/** An array, a page at a time. */
export type Pages = AsyncIterable<readonly unknown[]>

/** The text of a JSON object in parts: pages are read once the part before has been taken. */
export async function* jsonText(
  fields: Readonly<Record<string, unknown>>,
  arrays: Readonly<Record<string, Pages>>,
): AsyncGenerator<string> {
  const known = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  )
  yield `{\n${known.join(',\n')}`
  for (const [name, pages] of Object.entries(arrays)) {
    yield `,\n${JSON.stringify(name)}:[`
    let before = '\n'
    for await (const page of pages) {
      if (page.length === 0) continue
      yield before + page.map((item) => JSON.stringify(item)).join(',\n')
      before = ',\n'
    }
    yield ']'
  }
  yield '\n}\n'
}
