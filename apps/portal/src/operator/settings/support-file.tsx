import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/call.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { save } from '../../shared/save.js'
import { m } from '../../shared/text.js'
import { Section } from '../parts.js'

/** How the server is, as a file for somebody who helps. */
export function SupportFile() {
  const take = useMutation({
    mutationFn: async () => {
      const bundle = await call('GET admin/support')
      save('obb-support.json', 'application/json', [`${JSON.stringify(bundle, undefined, 2)}\n`])
    },
  })
  return (
    <Section
      actions={
        <Button loading={take.isPending} onClick={() => take.mutate()} variant="default">
          {m.admin_support_take()}
        </Button>
      }
      lead={m.admin_support_lead()}
      title={m.admin_support()}
    >
      <Stack gap="xs">
        <Text c="dimmed" size="sm">
          {m.admin_support_log()}
        </Text>
        {take.error && <ErrorNotice error={take.error} />}
      </Stack>
    </Section>
  )
}
