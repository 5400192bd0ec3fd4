-- Revert sangkien:appraisal from pg

BEGIN;

DROP TABLE appraisal.score_sheet;
DROP TABLE appraisal.round_decision;
DROP TABLE appraisal.round_conflict;
DROP TABLE appraisal.round_entry;
DROP TABLE appraisal.round_member;
DROP TABLE appraisal.round;
DROP TABLE appraisal.council_round;
DROP TABLE appraisal.council_declarant;
DROP TABLE appraisal.council_conflict;
DROP TABLE appraisal.council_member;
DROP TABLE appraisal.council;
DROP TABLE appraisal.contender_evidence;
DROP TABLE appraisal.contender_co_entrant;
DROP TABLE appraisal.contender_author;
DROP TABLE appraisal.contender;
DROP TABLE appraisal.contest_round;
DROP TABLE appraisal.contest;
DROP FUNCTION appraisal.refuse_contest_change;
DROP FUNCTION appraisal.refuse_entry_of_member();
DROP FUNCTION appraisal.refuse_member_who_enters();
DROP FUNCTION appraisal.refuse_closed_sheet();
DROP FUNCTION appraisal.refuse_sheet_change();
DROP FUNCTION appraisal.refuse_conflict();
DROP FUNCTION appraisal.refuse_round_change();
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
