import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DoctorView } from '@obb/contracts'
import { type FormEvent, useState } from 'react'
import { call } from '../../api/call.js'
import { sessionQuery } from '../../session/session.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { formatNumber, formatTime } from '../../shared/format.js'
import { currentLanguage, m } from '../../shared/text.js'
import { Section } from '../parts.js'
import { useOperation } from '../use-operation.js'

/** Whether mails go, what keeps them, and a test. */
export function Mail({ mail, addresses }: Pick<DoctorView, 'mail' | 'addresses'>) {
  return (
    <Section lead={m.admin_mail_lead()} title={m.admin_mail()}>
      {mail === null ? (
        <Text size="sm">{m.admin_mail_off()}</Text>
      ) : (
        <Stack gap="sm">
          <Facts
            facts={[
              [m.admin_mail_from(), mail.from],
              [m.admin_mail_waiting(), formatNumber(mail.waiting)],
              [
                m.admin_mail_last(),
                mail.lastSentAt === null ? m.admin_mail_none() : formatTime(mail.lastSentAt),
              ],
            ]}
          />
          {mail.error !== null && (
            <Alert color="yellow" title={m.admin_mail_stuck()} variant="light">
              <Text lang="en" size="sm">
                {mail.error}
              </Text>
            </Alert>
          )}
          {addresses.api === null ? <Text size="sm">{m.admin_mail_no_address()}</Text> : <TestMail />}
        </Stack>
      )}
    </Section>
  )
}

function TestMail() {
  const own = useQuery(sessionQuery).data?.user?.email ?? ''
  const [to, setTo] = useState(own)
  const test = useOperation((email: string) =>
    call('POST admin/mail/test', { body: { to: email, language: currentLanguage() } }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    test.mutate(to)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-end" gap="xs">
          <TextInput
            autoComplete="email"
            flex={1}
            label={m.admin_mail_to()}
            miw={220}
            onChange={(event) => setTo(event.currentTarget.value.trim())}
            required
            type="email"
            value={to}
          />
          <Button loading={test.isPending} type="submit" variant="default">
            {m.admin_mail_test()}
          </Button>
        </Group>
        {test.error && <ErrorNotice error={test.error} />}
        {test.data?.sent === true && (
          <Text role="status" size="sm">
            {m.admin_mail_tested({ email: test.variables ?? to })}
          </Text>
        )}
        {test.data?.sent === false && (
          <Alert color="red" role="alert" title={m.admin_mail_not_sent()} variant="light">
            <Text lang="en" size="sm">
              {test.data.error}
            </Text>
          </Alert>
        )}
      </Stack>
    </form>
  )
}
