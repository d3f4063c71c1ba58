import { Anchor, Button, Container, Group, Radio, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import type { SetUpView } from '@obb/contracts'
import { type ReactNode, useEffect, useState } from 'react'
import type { Language } from '../../api/portal-types.js'
import { useUser } from '../../session/session.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { LANGUAGES, currentLanguage, m } from '../../shared/text.js'
import { Mark } from '../../shell/mark.js'
import { Pending } from '../../shell/pending.js'
import { useChangeLanguage } from '../../shell/use-change-language.js'
import { setUpQuery } from '../queries.js'
import { Addresses } from './addresses.js'
import { FirstFile } from './first-file.js'
import { FirstUser } from './first-user.js'
import { HostAccount } from './host-account.js'
import { reachQuery } from './reach.js'
import styles from './set-up.module.css'
import { StepFrame, type StepState } from './step-frame.js'
import { STEPS, type Step, isDone, nextStep } from './steps.js'
import { Storage } from './storage.js'

const route = getRouteApi('/setup')

/** The set-up once there is an operator: step by step to the first file. Whoever leaves finds it as it is. */
export function SetUpGuide() {
  const { data, error, refetch } = useQuery(setUpQuery)
  useEffect(() => {
    document.title = `${m.setup_title()} · OBB`
  }, [])
  return (
    <Container component="main" py="xl" size={760}>
      <Group gap="sm" justify="space-between" mb="lg">
        <Group gap="sm">
          <Mark size={32} />
          <Text component="span" fw={700} size="xl">
            OBB
          </Text>
        </Group>
        <Anchor component={Link} py={4} size="sm" to="/">
          {m.admin_setup_leave()}
        </Anchor>
      </Group>
      <Stack gap={4} mb="lg">
        <Title order={1}>{m.setup_title()}</Title>
        <Text c="dimmed" size="sm">
          {m.admin_setup_lead()}
        </Text>
      </Stack>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && <Steps setUp={data} />}
    </Container>
  )
}

function Steps({ setUp }: { setUp: SetUpView }) {
  const [first] = useState(() => nextStep(setUp) ?? 'none')
  const { step: opened = first } = route.useSearch()
  const navigate = route.useNavigate()
  const [isFollowing, setFollowing] = useState(false)
  const reach = useQuery(reachQuery(setUp.addresses))
  const stateOf = (step: Step): StepState => {
    const done = isDone(step, setUp)
    if (done !== undefined) return done ? 'done' : 'open'
    if (!reach.data) return 'untold'
    return Object.values(reach.data).every((each) => each === 'reached') ? 'done' : 'open'
  }
  const open = (step: string, following: boolean) => {
    setFollowing(following)
    void navigate({ search: { step }, replace: !following, resetScroll: false })
  }
  const contents: Record<Step, ReactNode> = {
    operator: <Operator />,
    address: <Addresses addresses={setUp.addresses} reach={reach.data} />,
    storage: <Storage />,
    account: <HostAccount />,
    user: <FirstUser />,
    file: <FirstFile />,
  }
  return (
    <Stack gap="md">
      <ol className={styles['steps']}>
        {STEPS.map((step, index) => {
          const next = STEPS[index + 1]
          return (
            <StepFrame
              key={step}
              number={index + 1}
              onNext={next && (() => open(next, true))}
              onToggle={() => open(step === opened ? 'none' : step, false)}
              opened={step === opened}
              state={stateOf(step)}
              step={step}
              takesFocus={isFollowing}
            >
              {contents[step]}
            </StepFrame>
          )
        })}
      </ol>
      <Group justify="flex-end">
        <Button renderRoot={(props) => <Link {...props} to="/" />} variant="light">
          {m.admin_setup_leave()}
        </Button>
      </Group>
    </Stack>
  )
}

function Operator() {
  const { email } = useUser()
  const change = useChangeLanguage()
  return (
    <Stack gap="sm">
      <Text size="sm">{m.admin_setup_operator_is({ email })}</Text>
      <Radio.Group
        label={m.language()}
        onChange={(language) => change(language as Language)}
        value={currentLanguage()}
      >
        <Group gap="lg" mt={6}>
          {Object.entries(LANGUAGES).map(([language, name]) => (
            <Radio key={language} label={name} lang={language} value={language} />
          ))}
        </Group>
      </Radio.Group>
    </Stack>
  )
}
