"""Figures as scenes of shapes, drawn as SVG and PNG."""
