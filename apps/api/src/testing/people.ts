import { expect } from '@jest/globals'
import { SignIns } from '@obb/core/sign-in'
import { Passwords } from '../sign-in/passwords.js'
import { Browser } from './browser.js'
import type { Gateway } from './gateway.js'

export const PASSWORD = 'correct horse battery'

export interface Person {
  id: string
  email: string
  apiKey: string
}

/** Those who use the portal of a gateway, which takes 127.0.0.1 for a reverse proxy (TRUSTED_PROXIES). */
export class People {
  private networks = 0

  constructor(private readonly gateway: Gateway) {}

  /** Somebody who can sign in. */
  async person(role: 'user' | 'operator' = 'user'): Promise<Person> {
    const person = await this.gateway.user()
    const { app, database } = this.gateway
    await app.get(SignIns).setPassword(person.id, await app.get(Passwords).hash(PASSWORD))
    await database.query('UPDATE account SET role = $2 WHERE id = $1', [person.id, role])
    return person
  }

  /** Each in a network of its own, so that nobody is slowed down by another. */
  browser(headers: Record<string, string> = {}): Browser {
    const n = ++this.networks
    return new Browser(this.gateway, { 'x-forwarded-for': `10.${n >> 8}.${n & 255}.1`, ...headers })
  }

  /** Somebody who is signed in, and in which browser. */
  async signedIn(role: 'user' | 'operator' = 'user'): Promise<Person & { page: Browser }> {
    const person = await this.person(role)
    const page = this.browser()
    const answer = await page.call('POST', 'session', { email: person.email, password: PASSWORD })
    expect(answer.code).toBe(200)
    return { ...person, page }
  }
}
