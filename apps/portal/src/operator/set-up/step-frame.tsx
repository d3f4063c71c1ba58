import { Button, Group, Paper, Stack, Title, UnstyledButton } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'
import styles from './set-up.module.css'
import { STEP_TITLES, type Step } from './steps.js'

/** `untold`: nobody can say yet. */
export type StepState = 'done' | 'open' | 'untold'

interface StepFrameProps {
  step: Step
  number: number
  state: StepState
  opened: boolean
  /** Somebody came here from the step before: the keyboard follows. */
  takesFocus: boolean
  onToggle: () => void
  /** Undefined after the last step. */
  onNext: (() => void) | undefined
  children: ReactNode
}

/** A step of the set-up: what it is called and how it stands, and below that, while it is open, what can be done. */
export function StepFrame(props: StepFrameProps) {
  const { step, number, state, opened, takesFocus, onToggle, onNext, children } = props
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (opened && takesFocus) button.current?.focus()
  }, [opened, takesFocus])
  return (
    <Paper component="li" withBorder>
      <Title order={2}>
        <UnstyledButton
          aria-controls={`step-${step}`}
          aria-expanded={opened}
          className={styles['head'] ?? ''}
          onClick={onToggle}
          ref={button}
        >
          <span>
            {number}. {STEP_TITLES[step]()}
          </span>
          <StateBadge color={state === 'done' ? 'green' : 'gray'}>{STATES[state]()}</StateBadge>
        </UnstyledButton>
      </Title>
      <div hidden={!opened} id={`step-${step}`}>
        {opened && (
          <Stack gap="md" p="md" pt={0}>
            {children}
            {onNext && (
              <Group justify="flex-end">
                <Button onClick={onNext} variant={state === 'done' ? 'filled' : 'default'}>
                  {state === 'done' ? m.admin_setup_continue() : m.admin_setup_skip()}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </div>
    </Paper>
  )
}

const STATES: Record<StepState, () => string> = {
  done: m.admin_setup_state_done,
  open: m.admin_setup_state_open,
  untold: m.admin_setup_state_untold,
}
