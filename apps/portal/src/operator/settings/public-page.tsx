import { Anchor, Button, Group, Stack, Switch, Text, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Language, StatusPageUpdate, StatusPageView } from '@obb/contracts'
import { type FormEvent, useState } from 'react'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { ExactTime } from '../../shared/figures.js'
import { LANGUAGES, m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { PUBLIC } from '../../status/queries.js'
import { Section } from '../parts.js'
import { statusPageQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'

const MAX_LENGTH = 1_000

/** What everybody is let know: the page of the hosts' state, and an announcement. */
export function PublicPage() {
  const { data, error, refetch } = useQuery(statusPageQuery)
  return (
    <Section lead={m.admin_public_lead()} title={m.admin_public()}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && (
        <Stack gap="lg">
          <Publish page={data} />
          <Announce key={data.announcement?.since ?? ''} page={data} />
        </Stack>
      )}
    </Section>
  )
}

/** Changes it; everybody's pages that this browser knows ask anew. */
function useChange(done: (now: StatusPageView) => string) {
  const client = useQueryClient()
  return useOperation((body: StatusPageUpdate) => call('PATCH admin/status-page', { body }), {
    done,
    onSuccess: () => void client.invalidateQueries({ queryKey: [PUBLIC] }),
  })
}

function Publish({ page: { published } }: { page: StatusPageView }) {
  const publish = useChange(({ published: isPublic }) =>
    isPublic ? m.admin_public_published() : m.admin_public_taken_back(),
  )
  return (
    <Stack gap="xs">
      <Switch
        checked={published}
        description={m.admin_public_publish_hint()}
        disabled={publish.isPending}
        label={m.admin_public_publish()}
        onChange={(event) => publish.mutate({ published: event.currentTarget.checked })}
      />
      {published && (
        <Anchor href="/status" size="sm">
          {location.origin}/status
        </Anchor>
      )}
      {publish.error && <ErrorNotice error={publish.error} />}
    </Stack>
  )
}

function Announce({ page: { announcement } }: { page: StatusPageView }) {
  const [texts, setTexts] = useState<Partial<Record<Language, string>>>(announcement?.texts ?? {})
  const announce = useChange(({ announcement: now }) =>
    now ? m.admin_announced() : m.admin_announcement_over(),
  )
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    announce.mutate({ announcement: given })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Textarea
            autosize
            key={language}
            label={m.admin_announcement_in({ language: name })}
            lang={language}
            maxLength={MAX_LENGTH}
            maxRows={8}
            minRows={2}
            onChange={({ currentTarget: { value } }) =>
              setTexts((known) => ({ ...known, [language]: value }))
            }
            value={texts[language as Language] ?? ''}
          />
        ))}
        <Text c="dimmed" size="xs">
          {announcement ? (
            <>
              {m.admin_announced_since()} <ExactTime at={announcement.since} />
            </>
          ) : (
            m.admin_announcement_hint()
          )}
        </Text>
        {announce.error && <ErrorNotice error={announce.error} />}
        <Group gap="xs">
          <Button
            disabled={Object.keys(given).length === 0}
            loading={announce.isPending}
            size="xs"
            type="submit"
            variant="default"
          >
            {m.admin_announce()}
          </Button>
          {announcement && (
            <ConfirmButton
              confirm={m.admin_announcement_end()}
              loading={announce.isPending}
              onConfirm={() => announce.mutate({ announcement: null })}
              question={m.admin_announcement_end_question()}
              size="xs"
            >
              {m.admin_announcement_end()}
            </ConfirmButton>
          )}
        </Group>
      </Stack>
    </form>
  )
}
