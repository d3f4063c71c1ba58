import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import type { HostPolicy } from '@obb/core/hosts'
import { HostError, cookieHeader, cookiesIn } from '@obb/host-adapters'

/** Cookies of a browser as an operator gives them, which may be those of every site. */
@Injectable()
export class GivenCookies {
  constructor(private readonly clock: Clock) {}

  /** The credentials with nothing in them but the platform's own cookies. Raises Refusal `request_invalid`. */
  reduced({ adapter, domains }: HostPolicy, credentials: Record<string, string>): Record<string, string> {
    const { credentials: fields } = adapter.manifest
    const own = fields.flatMap(({ kind, name }) => {
      const text = kind === 'cookies' ? credentials[name] : undefined
      return text === undefined ? [] : [[name, this.ownCookies(name, text, domains)]]
    })
    return { ...credentials, ...Object.fromEntries(own) }
  }

  private ownCookies(name: string, text: string, domains: readonly string[]): string {
    try {
      return cookieHeader(cookiesIn(text, domains, this.clock.now()))
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new Refusal('request_invalid', { details: [`${name}: ${error.message}.`] })
    }
  }
}
