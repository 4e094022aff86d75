-- The tables of agencyfile's ledgers. Run it as the owner of the database, also after an update: it can be run again.
--
-- Writers get the role agencyfile_writer, which may read and insert. No role may update or delete: a ledger that lacks
-- an entry is a ledger that charges twice. Give a login that role:  GRANT agencyfile_writer TO ci_apply;
-- A login that only plans needs agencyfile_reader.
BEGIN;

CREATE SCHEMA IF NOT EXISTS agencyfile;

CREATE TABLE IF NOT EXISTS agencyfile.migrations (
    version integer PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);

-- Version 1
CREATE TABLE IF NOT EXISTS agencyfile.entries (
    ledger text NOT NULL CHECK (ledger <> ''),
    serial bigint NOT NULL CHECK (serial > 0),
    follows bigint NOT NULL,           -- the serial before it here; 0 for the first entry
    is_compacted boolean NOT NULL,
    line text NOT NULL,                -- the entry, byte by byte: digests are over it
    writer uuid NOT NULL,              -- one for each append, to know one's own after a lost answer
    at timestamptz NOT NULL DEFAULT now(),
    before bigint GENERATED ALWAYS AS (nullif(follows, 0)) STORED,
    PRIMARY KEY (ledger, serial),
    UNIQUE (ledger, follows),
    CHECK (follows = serial - 1 OR (follows = 0 AND is_compacted)),
    FOREIGN KEY (ledger, before) REFERENCES agencyfile.entries (ledger, serial)
);
CREATE INDEX IF NOT EXISTS entries_compacted ON agencyfile.entries (ledger, serial) WHERE is_compacted;

CREATE OR REPLACE FUNCTION agencyfile.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a ledger is only ever appended to';
END $$;
CREATE OR REPLACE TRIGGER entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON agencyfile.entries
    FOR EACH STATEMENT EXECUTE FUNCTION agencyfile.refuse();

INSERT INTO agencyfile.migrations (version) VALUES (1) ON CONFLICT DO NOTHING;

-- The least rights. Roles belong to the whole server, so another database may have made them already.
DO $$ BEGIN CREATE ROLE agencyfile_reader NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE agencyfile_writer NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
REVOKE ALL ON SCHEMA agencyfile FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA agencyfile FROM PUBLIC, agencyfile_reader, agencyfile_writer;
GRANT USAGE ON SCHEMA agencyfile TO agencyfile_reader, agencyfile_writer;
GRANT SELECT ON agencyfile.entries, agencyfile.migrations TO agencyfile_reader, agencyfile_writer;
GRANT INSERT (ledger, serial, follows, is_compacted, line, writer) ON agencyfile.entries TO agencyfile_writer;

COMMIT;
