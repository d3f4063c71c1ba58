import { type KeyObject, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What a browser hands to a device. */
export interface CeremonyOptions {
  challenge: string
  rpId?: string
  rp?: { id: string }
  user?: { id: string }
  allowCredentials?: { id: string }[]
  excludeCredentials?: { id: string }[]
}

/** What the test has otherwise than a sound browser with a sound device would. */
export interface Unsound {
  origin?: string
  rpId?: string
  type?: string
  flags?: number
  userHandle?: string | undefined
  challenge?: string
  credentialId?: Buffer
}

interface Credential {
  id: Buffer
  userHandle: string
  key: KeyObject
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

/** A device that keeps passkeys (ES256) and counts its signatures, with the browser around it, as WebAuthn has them. */
export class SoftAuthenticator {
  counter = 0
  readonly credentials: Credential[] = []

  /** `origin`: of the page that it stands in. */
  constructor(private readonly origin: string) {}

  /** navigator.credentials.create() */
  create(options: CeremonyOptions, unsound: Unsound = {}): object {
    const { publicKey, privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { credentialId: id = randomBytes(32) } = unsound
    this.credentials.push({ id, key, userHandle: options.user?.id ?? '' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const cose = map([
      [int(1), int(2)],
      [int(3), int(-7)],
      [int(-1), int(1)],
      [int(-2), bytes(Buffer.from(x, 'base64url'))],
      [int(-3), bytes(Buffer.from(y, 'base64url'))],
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    const { flags = USER_PRESENT | USER_VERIFIED } = unsound
    const data = Buffer.concat([
      this.data(unsound.rpId ?? options.rp?.id ?? '', flags | HAS_CREDENTIAL),
      ...[Buffer.alloc(16), length, id, cose],
    ])
    const attestation = map([
      [text('fmt'), text('none')],
      [text('attStmt'), map([])],
      [text('authData'), bytes(data)],
    ])
    return {
      ...envelopeOf(id),
      response: {
        clientDataJSON: this.clientData('webauthn.create', options, unsound).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** navigator.credentials.get(), with the passkey that was made last among those that are asked for. */
  get(options: CeremonyOptions, unsound: Unsound = {}): object {
    const allowed = options.allowCredentials?.map(({ id }) => id) ?? []
    const credential = this.credentials.findLast(
      ({ id }) => allowed.length === 0 || allowed.includes(id.toString('base64url')),
    )
    if (!credential) throw new Error('this device has no such passkey')
    const { flags = USER_PRESENT | USER_VERIFIED } = unsound
    const clientData = this.clientData('webauthn.get', options, unsound)
    this.counter++
    const data = this.data(unsound.rpId ?? options.rpId ?? '', flags)
    const signed = Buffer.concat([data, createHash('sha256').update(clientData).digest()])
    const userHandle = 'userHandle' in unsound ? unsound.userHandle : credential.userHandle
    return {
      ...envelopeOf(credential.id),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, credential.key).toString('base64url'),
        ...(userHandle !== undefined && { userHandle }),
      },
    }
  }

  private clientData(kind: string, options: CeremonyOptions, unsound: Unsound): Buffer {
    const { type = kind, challenge = options.challenge, origin = this.origin } = unsound
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  }

  private data(rpId: string, flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(flags), counter])
  }
}

const envelopeOf = (id: Buffer): object => ({
  id: id.toString('base64url'),
  rawId: id.toString('base64url'),
  type: 'public-key',
  authenticatorAttachment: 'platform',
  clientExtensionResults: {},
})

/* CBOR (RFC 8949), as much of it as is needed. */

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value)
  if (value < 256) return Buffer.of((major << 5) | 24, value)
  return Buffer.of((major << 5) | 25, value >> 8, value & 255)
}

const int = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value))
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value])
const text = (value: string): Buffer => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
const map = (entries: [Buffer, Buffer][]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()])
