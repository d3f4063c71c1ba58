import { Button, List } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { call } from '../../api/call.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { m } from '../../shared/text.js'
import { Section } from '../parts.js'
import { setUpQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { STEP_TITLES, openSteps } from './steps.js'

/** What is left of the set-up, until it is done or nobody wants to be reminded. */
export function UnfinishedSetUp() {
  const { data } = useQuery(setUpQuery)
  const dismiss = useOperation(() => call('PATCH admin/set-up', { body: { dismissed: true } }))
  if (!data || data.dismissed) return null
  const [next, ...others] = openSteps(data)
  if (next === undefined) return null
  return (
    <Section
      actions={
        <>
          <Button loading={dismiss.isPending} onClick={() => dismiss.mutate(undefined)} variant="default">
            {m.admin_setup_dismiss()}
          </Button>
          <Button renderRoot={(props) => <Link {...props} search={{ step: next }} to="/setup" />}>
            {m.admin_setup_go_on()}
          </Button>
        </>
      }
      lead={m.admin_setup_unfinished_lead()}
      title={m.admin_setup_unfinished()}
    >
      {dismiss.error && <ErrorNotice error={dismiss.error} />}
      <List size="sm">
        {[next, ...others].map((step) => (
          <List.Item key={step}>{STEP_TITLES[step]()}</List.Item>
        ))}
      </List>
    </Section>
  )
}
