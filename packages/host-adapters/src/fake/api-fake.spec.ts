import { describe, expect, it } from '@jest/globals'
import { apiFake } from './api-fake.js'
import { apiKnobs } from './api-knobs.js'

describe('a stand-in made of routes', () => {
  it('goes by path, method, and what else a route asks for, first fit first', async () => {
    const fake = await apiFake(() => ({
      knobs: apiKnobs(),
      credentials: {},
      fileLink: (id) => `https://host.test/${id}`,
      routes: () => [
        { name: 'posted', method: 'POST', path: /^\/api$/, answer: () => ({}) },
        { name: 'empty', path: /^\/api$/, when: ({ fields }) => !fields['q'], answer: () => ({}) },
        { name: 'named', answer: () => ({}) },
        { name: 'asked', path: /^\/api$/, answer: ({ fields }) => ({ q: fields['q'] }) },
      ],
    })).start()
    try {
      const get = (path: string, method = 'GET') => fetch(`${fake.origins['api']}${path}`, { method })
      for (const path of ['/api', '/api?q=', '/api?q=1']) await get(path)
      await get('/api?q=1', 'POST')
      await get('/any/named')
      expect((await get('/renamed')).status).toBe(404)
      expect(fake.calls).toEqual(['empty', 'empty', 'asked', 'posted', 'named'])
    } finally {
      await fake.close()
    }
  })
})
