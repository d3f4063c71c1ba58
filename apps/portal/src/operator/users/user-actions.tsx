import { Button, Group, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/call.js'
import type { ListedUser } from '../../api/operator-endpoints.js'
import type { Role } from '../../api/portal-types.js'
import { sessionQuery } from '../../session/session.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { formatTime } from '../../shared/format.js'
import { currentLanguage, m } from '../../shared/text.js'
import { Action, OneTime } from '../parts.js'
import { useOperation } from '../use-operation.js'

/** What can be done about a user, each with what it does. */
export function UserActions({ user, onRemoved }: { user: ListedUser; onRemoved: () => void }) {
  const { email } = user
  const body = { email }
  const canSend = useQuery(sessionQuery).data?.mail === true
  const reset = useOperation(({ send, endPasskeys }: { send?: boolean; endPasskeys?: boolean }) =>
    call('POST admin/users/reset', {
      body: {
        email,
        ...(send && { send, language: currentLanguage() }),
        ...(endPasskeys && { endPasskeys }),
      },
    }),
  )
  const signOut = useOperation(() => call('POST admin/users/sign-out', { body }), {
    done: () => m.admin_signed_out({ email }),
  })
  // As somebody else everything is to be asked anew.
  const view = useOperation(() => call('POST admin/users/view', { body }), {
    onSuccess: () => location.assign('/'),
  })
  const suspend = useOperation(() => call('POST admin/users/suspend', { body }), {
    done: () => m.admin_suspended({ email }),
  })
  const resume = useOperation(() => call('POST admin/users/resume', { body }), {
    done: () => m.admin_resumed({ email }),
  })
  const setRole = useOperation((role: Role) => call('PATCH admin/users', { body: { email, role } }), {
    done: () => m.admin_role_changed({ email }),
  })
  const remove = useOperation(() => call('DELETE admin/users', { query: { email } }), {
    done: () => m.admin_user_removed({ email }),
    onSuccess: onRemoved,
  })
  const error = [reset, signOut, view, suspend, resume, setRole, remove].find((one) => one.error)?.error
  return (
    <Stack gap="sm">
      {error && <ErrorNotice error={error} />}
      <Title order={3} size="h4">
        {m.admin_access()}
      </Title>
      {reset.data && (
        <OneTime
          hint={
            reset.variables?.send
              ? m.admin_reset_sent({ email, time: formatTime(reset.data.expiresAt) })
              : m.admin_reset_hint({ time: formatTime(reset.data.expiresAt) })
          }
          label={m.admin_reset_link()}
          text={reset.data.url}
        />
      )}
      <Action text={m.admin_reset_text()}>
        <Group gap="xs" justify="flex-end">
          <Button loading={reset.isPending} onClick={() => reset.mutate({})} size="xs" variant="default">
            {m.admin_reset()}
          </Button>
          {canSend && (
            <Button
              loading={reset.isPending}
              onClick={() => reset.mutate({ send: true })}
              size="xs"
              variant="default"
            >
              {m.admin_reset_send()}
            </Button>
          )}
        </Group>
      </Action>
      {user.passkeys + user.identities > 0 && (
        <Action text={m.admin_end_passkeys_text()}>
          <ConfirmButton
            confirm={m.admin_end_passkeys()}
            loading={reset.isPending}
            onConfirm={() => reset.mutate({ endPasskeys: true })}
            question={m.admin_end_passkeys_question({ email })}
            size="xs"
          >
            {m.admin_end_passkeys()}
          </ConfirmButton>
        </Action>
      )}
      <Action text={m.admin_view_text()}>
        <Button loading={view.isPending} onClick={() => view.mutate(undefined)} size="xs" variant="default">
          {m.admin_view()}
        </Button>
      </Action>
      <Action text={m.admin_sign_out_text()}>
        <ConfirmButton
          confirm={m.admin_sign_out()}
          loading={signOut.isPending}
          onConfirm={() => signOut.mutate(undefined)}
          question={m.admin_sign_out_question({ email })}
          size="xs"
        >
          {m.admin_sign_out()}
        </ConfirmButton>
      </Action>
      {user.role !== undefined && <RoleAction onChange={(role) => setRole.mutate(role)} role={user.role} />}
      {user.state === 'suspended' ? (
        <Action text={m.admin_resume_text()}>
          <Button
            loading={resume.isPending}
            onClick={() => resume.mutate(undefined)}
            size="xs"
            variant="default"
          >
            {m.admin_resume()}
          </Button>
        </Action>
      ) : (
        <Action text={m.admin_suspend_text()}>
          <ConfirmButton
            confirm={m.admin_suspend()}
            loading={suspend.isPending}
            onConfirm={() => suspend.mutate(undefined)}
            question={m.admin_suspend_question({ email })}
            size="xs"
          >
            {m.admin_suspend()}
          </ConfirmButton>
        </Action>
      )}
      <Action text={m.admin_user_remove_text()}>
        <ConfirmButton
          confirm={m.admin_remove()}
          loading={remove.isPending}
          onConfirm={() => remove.mutate(undefined)}
          question={m.admin_user_remove_question({ email })}
          size="xs"
        >
          {m.admin_remove()}
        </ConfirmButton>
      </Action>
    </Stack>
  )
}

function RoleAction({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  const isOperator = role === 'operator'
  const word = isOperator ? m.admin_role_to_user() : m.admin_role_to_operator()
  return (
    <Action text={isOperator ? m.admin_role_to_user_text() : m.admin_role_to_operator_text()}>
      <ConfirmButton
        confirm={word}
        onConfirm={() => onChange(isOperator ? 'user' : 'operator')}
        question={isOperator ? m.admin_role_to_user_question() : m.admin_role_to_operator_question()}
        size="xs"
      >
        {word}
      </ConfirmButton>
    </Action>
  )
}
