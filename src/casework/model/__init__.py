"""The values of casework: definitions, cases, commands, refusals. Values only; nothing here acts."""
