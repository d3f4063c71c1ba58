import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Time } from '../../shared/figures.js'
import { UsersIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { Listed, useRows } from '../listed.js'
import { invitationsQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'

/** The invitations that nobody has taken yet. */
export function Invitations({ onInvite }: { onInvite: () => void }) {
  const list = useRows(useInfiniteQuery(invitationsQuery))
  const remove = useOperation((id: string) => call('DELETE admin/invitations/{id}', { params: { id } }), {
    done: () => m.admin_invitation_removed(),
  })
  return (
    <>
      {remove.error && <ErrorNotice error={remove.error} />}
      <Listed
        columns={[
          {
            id: 'email',
            header: m.email(),
            width: 'minmax(0, 3fr)',
            cell: ({ email }) => email ?? m.admin_invitation_anyone(),
          },
          {
            id: 'role',
            header: m.admin_role(),
            width: 'minmax(0, 1fr)',
            cell: ({ role }) => (role === 'operator' ? m.admin_role_operator() : m.admin_role_user()),
          },
          {
            id: 'expires',
            header: m.admin_invitation_until(),
            width: '8rem',
            cell: ({ expiresAt }) => <Time at={expiresAt} />,
          },
          {
            id: 'remove',
            header: m.admin_actions(),
            hideHeader: true,
            width: '9rem',
            align: 'right',
            cell: ({ id }) => (
              <ConfirmButton
                confirm={m.admin_invitation_remove()}
                onConfirm={() => remove.mutate(id)}
                question={m.admin_invitation_remove_question()}
                size="compact-sm"
              >
                {m.admin_invitation_remove()}
              </ConfirmButton>
            ),
          },
        ]}
        empty={
          <EmptyState icon={<UsersIcon size={32} />} title={m.admin_invitations_none()}>
            <Button onClick={onInvite} variant="default">
              {m.admin_invite()}
            </Button>
          </EmptyState>
        }
        label={m.admin_invitations()}
        list={list}
        rowKey={({ id }) => id}
      />
    </>
  )
}
