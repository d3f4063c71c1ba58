import { describe, expect, it } from '@jest/globals'
import { startApiFake } from './api-fake.js'
import { apiKnobs } from './api-knobs.js'

describe('a stand-in made of routes', () => {
  it('goes by path, method, and what else a route asks for, first fit first', async () => {
    const fake = await startApiFake({
      knobs: apiKnobs(),
      credentials: {},
      fileLink: (id) => `https://host.test/${id}`,
      idOf: (link) => link.slice('https://host.test/'.length),
      newId: () => 'a',
      routes: () => [
        { name: 'posted', method: 'POST', path: /^\/api$/, answer: () => ({}) },
        { name: 'empty', path: /^\/api$/, when: ({ fields }) => !fields['q'], answer: () => ({}) },
        { name: 'asked', path: /^\/api$/, answer: ({ fields }) => ({ q: fields['q'] }) },
      ],
    })
    try {
      const get = (path: string, method = 'GET') => fetch(`${fake.origins['api']}${path}`, { method })
      for (const path of ['/api', '/api?q=', '/api?q=1']) await get(path)
      await get('/api?q=1', 'POST')
      expect((await get('/none')).status).toBe(404)
      expect(fake.calls).toEqual(['empty', 'empty', 'asked', 'posted'])
    } finally {
      await fake.close()
    }
  })
})
