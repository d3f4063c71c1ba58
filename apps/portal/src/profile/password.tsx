import { Alert, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.js'
import { NewPassword, isLongEnough } from '../session/new-password.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Submit, submitting } from '../shared/form.js'
import { CurrentPassword } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'

/** A new password, which ends all other sessions. */
export function Password() {
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const change = useMutation({
    mutationFn: () => call('POST password', { body: { current, password } }),
    onSuccess: () => {
      setCurrent('')
      setPassword('')
      setTried(false)
      return client.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
  const submit = submitting(() => {
    setTried(true)
    if (isLongEnough(password)) change.mutate()
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={420}>
        <CurrentPassword onChange={setCurrent} value={current} />
        <NewPassword isShown={tried} label={m.password_new()} onChange={setPassword} value={password} />
        {change.error && <ErrorNotice error={change.error} />}
        {change.isSuccess && (
          <Alert color="green" role="status" variant="light">
            {m.password_changed()}
          </Alert>
        )}
        <Submit loading={change.isPending}>{m.password_change()}</Submit>
      </Stack>
    </form>
  )
}
