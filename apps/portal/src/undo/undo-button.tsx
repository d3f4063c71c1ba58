import { Button, type ButtonProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { ConfirmButton } from '../shared/confirm-button.js'
import { UNDOABLE } from './postponed.js'

interface UndoButtonProps extends ButtonProps {
  /** How many rows it is about. */
  count: number
  /** Asked where there are too many to take it back. */
  question: string
  onClick: () => void
  children: ReactNode
}

/** A button for what may be taken back for five seconds; of many rows it asks instead. */
export function UndoButton({ count, question, onClick, children, ...props }: UndoButtonProps) {
  if (count > UNDOABLE) {
    return (
      <ConfirmButton {...props} confirm={children} onConfirm={onClick} question={question}>
        {children}
      </ConfirmButton>
    )
  }
  return (
    <Button color="red" variant="light" {...props} onClick={onClick}>
      {children}
    </Button>
  )
}
