-- Revert sangkien:appraisal from pg

BEGIN;

DROP VIEW appraisal.open_work;
DROP TABLE appraisal.opinion;
DROP TABLE appraisal.consultee;
DROP TABLE appraisal.panel_member;
DROP TABLE appraisal.case_co_entrant;
DROP TABLE appraisal.case_author;
DROP TABLE appraisal.appraisal_case;
DROP TABLE appraisal.dossier_co_entrant;
DROP TABLE appraisal.dossier_author;
DROP TABLE appraisal.dossier_intake;
DROP FUNCTION appraisal.refuse_author();
DROP FUNCTION appraisal.refuse_change();
DROP SCHEMA appraisal;

COMMIT;
