import { createHash, timingSafeEqual } from 'node:crypto'
import { Body, Inject, Post, Req, Res } from '@nestjs/common'
import { Refusal, type SessionAnswer, sessionSchema, setUpSchema } from '@obb/contracts'
import { Operators } from '@obb/core/accounts'
import { AuthFailures } from '@obb/core/audit'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { transaction } from '@obb/core/locks'
import { SignIns } from '@obb/core/sign-in'
import type { FastifyReply } from 'fastify'
import { DataSource } from 'typeorm'
import type { z } from 'zod'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { GuessLimits } from './guess-limits.js'
import { Passwords } from './passwords.js'
import { OpenPortalApi } from './portal-api.js'
import { SessionAnswers } from './session-answers.js'

/** Of an operator who has no account yet, bytes: as much as the user of a first start has. */
const TRAFFIC = 1e12

/** The first operator of a server, by the code that its terminal shows. */
@OpenPortalApi()
export class SetUpController {
  private readonly code: Buffer | undefined

  constructor(
    @Inject(CONFIG) { SETUP_CODE: code }: Pick<ApiConfig, 'SETUP_CODE'>,
    private readonly operators: Operators,
    private readonly signIns: SignIns,
    private readonly passwords: Passwords,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly audited: Audited,
    private readonly answers: SessionAnswers,
    private readonly client: ClientAddress,
    private readonly database: DataSource,
  ) {
    this.code = code === undefined ? undefined : digestOf(code)
  }

  @Post('set-up')
  @ApiAnswer(sessionSchema)
  async setUp(
    @Req() request: PortalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: setUpSchema }) { code, email, password, language }: z.output<typeof setUpSchema>,
  ): Promise<SessionAnswer> {
    const giveBack = await this.assertCode(request, code)
    const passwordHash = await this.passwords.hash(password)
    const id = await this.audited.change(request, { who: 'set-up code', target: email }, () =>
      transaction(this.database, async (tx) => {
        const made = await this.operators.makeFirst({ email, traffic: TRAFFIC }, tx)
        if (made === undefined) throw new Refusal('set_up_done')
        await this.signIns.removeAll(made, tx)
        await this.signIns.setPassword(made, passwordHash, tx)
        if (language !== undefined) await this.signIns.setLanguage(made, language, tx)
        return made
      }),
    )
    giveBack()
    return this.answers.begin(request, reply, { accountId: id, passwordHash })
  }

  /** Raises Refusal: once there is an operator no code is looked at. */
  private async assertCode(request: PortalRequest, code: string): Promise<() => void> {
    const address = this.client.of(request)
    const giveBack = this.limits.count(address, 'set-up code')
    if (await this.operators.exist()) throw new Refusal('set_up_done')
    if (this.code !== undefined && timingSafeEqual(digestOf(code), this.code)) return giveBack
    this.failures.count({
      ...{ who: 'set-up code', address },
      ...{ action: actionOf(request), cause: 'set_up_code_wrong' as const },
    })
    const details = ['SETUP_CODE of this server is not set; ./obb user role makes an operator, too.']
    throw new Refusal('set_up_code_wrong', this.code === undefined ? { details } : {})
  }
}

/** However it was typed: whatever the case, with or without hyphens. */
function digestOf(code: string): Buffer {
  return createHash('sha256').update(code.replaceAll(/[\s-]/g, '').toUpperCase()).digest()
}
