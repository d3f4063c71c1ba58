import { Anchor, Button, Stack } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { CodeInput } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'
import { Entrance } from './entrance.js'
import { NewPassword } from './new-password.js'
import { isSecondFactorNeeded, needsCode } from './second-factor.js'
import { SIGN_IN } from './sign-in-path.js'
import { useNewPassword } from './use-new-password.js'

const route = getRouteApi('/reset')

/** Takes a new password by a link; one that was mailed for the asking leaves the second factor on. */
export function ResetPage() {
  const { token = '' } = route.useSearch()
  const [code, setCode] = useState('')
  const { sending, submit, field } = useNewPassword((password) =>
    call('POST reset', { body: { token, password, ...(code !== '' && { code }) } }),
  )
  return (
    <Entrance lead={m.reset_lead()} title={m.reset_title()}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NewPassword label={m.password_new()} {...field} />
          {(needsCode(sending.error) || code !== '') && (
            <CodeInput autoFocus onChange={setCode} value={code} />
          )}
          {sending.error && !isSecondFactorNeeded(sending.error) && <ErrorNotice error={sending.error} />}
          <Button fullWidth loading={sending.isPending} type="submit">
            {m.reset_submit()}
          </Button>
          <Anchor href={SIGN_IN} size="sm">
            {m.forgot_back()}
          </Anchor>
        </Stack>
      </form>
    </Entrance>
  )
}
