import { Anchor, Button, Group, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Language, StatusPageView } from '@obb/contracts'
import { type FormEvent, useState } from 'react'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { ExactTime } from '../../shared/figures.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { Section } from '../parts.js'
import { statusPageQuery } from '../queries.js'
import { NoteFields, givenTexts } from './note-fields.js'
import { useStatusPageChange } from './use-status-page-change.js'

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

function Publish({ page: { published } }: { page: StatusPageView }) {
  const publish = useStatusPageChange(({ published: isPublic }) =>
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
  const announce = useStatusPageChange(({ announcement: now }) =>
    now ? m.admin_announced() : m.admin_announcement_over(),
  )
  const given = givenTexts(texts)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    announce.mutate({ announcement: given })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <NoteFields label={m.admin_announcement_in} onChange={setTexts} texts={texts} />
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
