import { describe, expect, it } from '@jest/globals'
import { HOST_ERROR_SCOPES, HostError } from './errors.js'
import type { HostErrorKind } from './errors.js'
import { fileAnswer } from './file-answer.js'

const answered = (error: Error) => fileAnswer('a', () => Promise.reject(error))

describe('an answer about one file', () => {
  it('is what was told of it', async () => {
    const info = { fileId: 'a', state: 'available', size: 0 } as const
    expect(await fileAnswer('a', () => info)).toBe(info)
  })

  it('holds what concerns the file alone, and lets through what concerns others', async () => {
    for (const kind of Object.keys(HOST_ERROR_SCOPES) as HostErrorKind[]) {
      const error = new HostError(kind, 'refused')
      if (error.scope === 'account' || error.scope === 'host')
        await expect(answered(error)).rejects.toBe(error)
      else if (kind === 'FILE_GONE') expect(await answered(error)).toEqual({ fileId: 'a', state: 'gone' })
      else expect(await answered(error)).toEqual({ fileId: 'a', state: 'refused', error })
    }
    await expect(answered(new TypeError('a bug'))).rejects.toThrow('a bug')
  })
})
