import type { Readable } from 'node:stream'

/** Content that a fake serves: generated, or a file on disk, of any size. */
export interface FakeContent {
  size: number
  /** Bytes [start, end). */
  read(start: number, end: number): Readable
}

export interface FakeFile {
  name: string
  content: FakeContent
  /** Lower-case hex, where the platform states one. */
  md5?: string
  /** The same. */
  sha256?: string
  /** The one that it had in another life of the stand-in, where that takes one; a new one unless given. */
  id?: string
  /** The file is given only to who knows it, where the platform has such files. */
  password?: string
}

export interface FakeFolder {
  name: string
  /** Links of this stand-in, of files and of folders. */
  entries: readonly string[]
  password?: string
}

/** A running stand-in for a platform: honest about its protocol, faults included, on 127.0.0.1. */
export interface FakeHost<Knobs extends object = object> {
  /** Origin overrides that make the adapter talk to this fake (`api` → `http://127.0.0.1:…`). */
  readonly origins: Readonly<Record<string, string>>
  /** Credentials that the fake accepts. */
  readonly credentials: Readonly<Record<string, string>>
  /** Adds a file and returns the link a user would paste. */
  addFile(file: FakeFile): string
  /** Adds a folder and returns its link; present where the platform has some. */
  addFolder?(folder: FakeFolder): string
  /** Puts other bytes behind a link that `addFile` returned. */
  replaceFile(link: string, file: FakeFile): void
  /** The host deletes the file, or the folder. */
  removeFile(link: string): void
  /** Behaviours switched on and off while it runs. */
  readonly knobs: Knobs
  /** Every request so far: route name, in order. */
  readonly calls: readonly string[]
  /** Open client connections right now. */
  connections(): number
  close(): Promise<void>
}

export interface FakePlatform<Knobs extends object = object> {
  start(options?: { port?: number; now?: () => number }): Promise<FakeHost<Knobs>>
}
