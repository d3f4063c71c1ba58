import { expect, it } from '@jest/globals'
import { isPage, looksLikeHtml } from './page.js'

it.each([
  [{ 'content-type': 'text/html; charset=utf-8' }, true],
  [{ 'content-type': 'APPLICATION/JSON' }, true],
  [{ 'content-type': 'text/html', 'content-disposition': 'inline; filename=attachment.html' }, true],
  [{ 'content-type': 'text/html', 'content-disposition': 'attachment; filename="a.html"' }, false],
  [{ 'content-type': 'application/octet-stream' }, false],
  [{}, false],
] as const)('tells a page from a file by %j', (headers, page) => {
  expect(isPage(headers as Record<string, string>)).toBe(page)
})

it.each([
  ['<!DOCTYPE html><p>', true],
  ['\uFEFF\n <html>', true],
  ['<h1>Maintenance</h1>', true],
  ['<nzb>', false],
  ['{"a":"<html>"}', false],
  ['', false],
])('tells HTML by its beginning: %j', (text, html) => {
  expect(looksLikeHtml(text)).toBe(html)
})
