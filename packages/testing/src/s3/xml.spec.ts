import { describe, expect, it } from '@jest/globals'
import { parseCompletion } from './xml.js'

describe('a list of parts', () => {
  it.each(['"', '&quot;', '&#34;', '&#x22;'])('may write the quotes of an ETag as %s', (quote) => {
    const part = `<Part><PartNumber>1</PartNumber><ETag>${quote}abc${quote}</ETag></Part>`
    const text = `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`
    expect(parseCompletion(text)).toEqual([{ number: 1, etag: 'abc' }])
  })
})
