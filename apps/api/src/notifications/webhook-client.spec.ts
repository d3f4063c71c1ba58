import { describe, expect, it } from '@jest/globals'
import { signatureOf } from './webhook-client.js'

describe('the signature of a webhook', () => {
  it('is that of the example in the specification of Standard Webhooks', () => {
    const body = '{"test": 2432232314}'
    expect(
      signatureOf(
        'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        `msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.${body}`,
      ),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })
})
