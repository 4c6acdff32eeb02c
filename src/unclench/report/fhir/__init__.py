"""FHIR R4 resources: values of a consultation in the shapes of the standard. Computes nothing."""
