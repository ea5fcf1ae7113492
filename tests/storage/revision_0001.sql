BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alert (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	"check" INTEGER NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	recipient TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	state VARCHAR(7) NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	next_attempt_at BIGINT, 
	last_attempt_at BIGINT, 
	claimed_until BIGINT, 
	last_error TEXT, 
	CONSTRAINT pk_alert PRIMARY KEY (id), 
	CONSTRAINT ck_alert_next_attempt CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)), 
	CONSTRAINT fk_alert_check FOREIGN KEY("check") REFERENCES "check" (id), 
	CONSTRAINT fk_alert_watch FOREIGN KEY(watch) REFERENCES watch (id), 
	CONSTRAINT uq_alert_check_kind_recipient_channel UNIQUE ("check", kind, recipient, channel), 
	CONSTRAINT uq_alert_message_id UNIQUE (message_id), 
	CONSTRAINT ck_alert_alertkind CHECK (kind IN ('changes', 'trouble', 'recovery')), 
	CONSTRAINT ck_alert_alertstate CHECK (state IN ('pending', 'sent', 'failed'))
);
INSERT INTO "alert" VALUES(1,1,2,'changes','reader@example.org','smtp','subject of changes','<bb8a32c5bf24fa4fc7746f24ab2c68f0@monitor.example.org>',1707472800000000,'sent',2,NULL,1707473160000000,NULL,NULL);
INSERT INTO "alert" VALUES(2,1,2,'changes','second@example.org','maildir','subject of changes','<adce3308391dadbe8c4bcd8e0ec465a4@monitor.example.org>',1707472800000000,'failed',1,NULL,1707472800000000,NULL,'550 no such user');
INSERT INTO "alert" VALUES(3,1,3,'changes','reader@example.org','smtp','subject of changes','<5b68b8d2656e77fe5935e7005e1f8642@monitor.example.org>',1707476400000000,'pending',1,1707476760000000,1707476400000000,NULL,'451 “später”');
INSERT INTO "alert" VALUES(4,1,3,'changes','second@example.org','maildir','subject of changes','<714d9ecd593b84b315fb0a91bde6baab@monitor.example.org>',1707476400000000,'pending',0,1707476400000000,NULL,1707477180000000,NULL);
INSERT INTO "alert" VALUES(5,1,6,'trouble','admin@example.org','smtp','subject of trouble','<3243a64bb8063d1acec8ec94e1bbcdbf@monitor.example.org>',1707487200000000,'pending',0,1707487200000000,NULL,NULL,NULL);
INSERT INTO "alert" VALUES(6,2,8,'trouble','admin@example.org','smtp','subject of trouble','<866cb1d1d61a73f1b49baba5f495314e@monitor.example.org>',1707490800000000,'sent',1,NULL,1707490800000000,NULL,NULL);
INSERT INTO "alert" VALUES(7,2,9,'recovery','admin@example.org','smtp','subject of recovery','<883e3eedc7a910fcd2e093302edc6844@monitor.example.org>',1707494400000000,'pending',0,1707494400000000,NULL,NULL,NULL);
CREATE TABLE body (
	id INTEGER NOT NULL, 
	sha256 BLOB NOT NULL, 
	size INTEGER NOT NULL, 
	encoding VARCHAR(9) NOT NULL, 
	base INTEGER, 
	depth INTEGER NOT NULL, 
	bytes BLOB NOT NULL, 
	CONSTRAINT pk_body PRIMARY KEY (id), 
	CONSTRAINT ck_body_base CHECK ((encoding = 'zstd-dict') = (base IS NOT NULL)), 
	CONSTRAINT fk_body_base FOREIGN KEY(base) REFERENCES body (id), 
	CONSTRAINT uq_body_sha256 UNIQUE (sha256), 
	CONSTRAINT ck_body_encoding CHECK (encoding IN ('zstd', 'zstd-dict'))
);
INSERT INTO "body" VALUES(1,X'4F0644538626F246240D1CB302A3EA0D719D3695CD6E5E26B92C513A57ADE083',591,'zstd',NULL,0,X'28B52FFD604F017D0A00D6544124308BB80143BC9469E1BA8B0D951502786CE5CE6EC98A6805C4F5B83735B6F32A28280003370037003B00CCE1594114F12618ADC3D3C27775246F0AC2AB76A4AA99B4A499FCEAFDCBD4949017FEAC1C9AE9918531729CC4A4FE23E626AF1696E8132F3BAE36100020E05CB9B2F0ABC1E31E477335A64B1D5D38412A8AB90A4BCBC2E2E67B53ECB2E12FCFD598C5CD8554AF05733C3DFCD502B2215B098742035A301E0647A379122228DC93505A8D802D7C8D1C3D5B8945032A48601C40CDA3701CA3BAA49D5A8D61CCFD037F45DF6A2CDBE1A20CB3B8F9AB2F7B1FBF4EEC0C6B78C2D872F1D3B8B881696C52184ED817C416A7EC2A9D57F63E22FD983C2BDD2739C65EF61C202042060DFAC3294608433CA09E88F74726C364E032B9E6DDC9A01673DE61C89183488CCC117199F3B750B68BE159BD45651A61B7E1E665264E0A172860164300775E5AE60C');
INSERT INTO "body" VALUES(2,X'6215D40CF97051E5B32FFD1F84B7C15577BF534F0FCC78725E0F54ABA3638508',1015,'zstd-dict',1,1,X'28B52FFD60F702CD000020206262620680703EFA451801540309BC625D9231A4546206');
INSERT INTO "body" VALUES(3,X'A2CE825BAFAFFF4054E9BC72409EA3614AABC11B75DACA22500AC79B8597296F',1003,'zstd-dict',2,2,X'28B52FFD60EB02950000304564697465640200C4EE855A1BF4570208');
INSERT INTO "body" VALUES(4,X'437F33050516E97DA7469A9FE7EC012B384771E383D3FAB718FA7E06399F30BC',20,'zstd',NULL,0,X'28B52FFD2014A100003C68313E4D61696E74656E616E63653C2F68313E');
INSERT INTO "body" VALUES(5,X'35BE958B9D6845AE45CBCA717D610542CC89B727E458369189660A80D64BBE89',591,'zstd',NULL,0,X'28B52FFD604F018D0A00D6D4412420ABB801FBC672EE6557E5AE2A13BA5BC94BBD7F8676426E03C4EE6D1AF3B7028400E80A370038003C00ECE1594114F12628EDC3D3C2777D26DE158457FD4C2A87D21267F2ABF72F5353425EF8B37270A6471646E9791293FA97989BBC6258A2502F3BAE36100020E05CD9C2F0AB01E41E4B733576599747174E908A62CEC213668171F3BD2976D9F097E76A0DE3E642AAD782399E1EFE6A01B2215B098742235A30200647C379122228DC9370B21A015BF81A597AB6128B465490C038881C48E1384675493BB55AC398FB077E8BBED558B6C349014DC3B8F9AB2F7B1FBF4EEC0D7378C2D872F1D3B8B8A1696C561852D857C418A7EC2A9D57F63E22FD983C2BDD2739C65EF61C202042060DFAC3294608433CA09E88F74726C364E032B9E6DDC9A01673DE61C89183488CCC117199F3B750B68BE159BD45651A61B7E1E665264E0A172860164300775E5AE60C');
CREATE TABLE change (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	"check" INTEGER NOT NULL, 
	from_snapshot INTEGER NOT NULL, 
	to_snapshot INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(15) NOT NULL, 
	quiet BOOLEAN NOT NULL, 
	fields JSON NOT NULL, 
	before_version INTEGER, 
	after_version INTEGER, 
	place_before INTEGER, 
	place_after INTEGER, 
	has_text BOOLEAN NOT NULL, 
	last_seen_before BIGINT NOT NULL, 
	first_seen_after BIGINT NOT NULL, 
	CONSTRAINT pk_change PRIMARY KEY (id), 
	CONSTRAINT ck_change_sides CHECK (before_version IS NOT NULL OR after_version IS NOT NULL), 
	CONSTRAINT fk_change_check FOREIGN KEY("check") REFERENCES "check" (id), 
	CONSTRAINT fk_change_from_snapshot FOREIGN KEY(from_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_change_to_snapshot FOREIGN KEY(to_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_change_watch FOREIGN KEY(watch) REFERENCES watch (id), 
	CONSTRAINT uq_change_check_position UNIQUE ("check", position), 
	CONSTRAINT ck_change_changekind CHECK (kind IN ('report-added', 'report-removed', 'report-changed', 'report-moved', 'section-added', 'section-removed', 'section-changed', 'section-renamed', 'section-moved', 'page-changed'))
);
INSERT INTO "change" VALUES(1,1,2,1,2,0,'report-added',0,'{}',NULL,2,NULL,1,1,1707469200000000,1707472800000000);
INSERT INTO "change" VALUES(2,1,3,2,3,0,'report-changed',0,'{}',1,3,0,0,1,1707472800000000,1707476400000000);
CREATE TABLE "check" (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	duration_ms INTEGER NOT NULL, 
	outcome VARCHAR(9) NOT NULL, 
	reason TEXT, 
	http_status INTEGER, 
	hops JSON, 
	headers JSON, 
	etag TEXT, 
	last_modified TEXT, 
	body INTEGER, 
	snapshot INTEGER, 
	trouble_since BIGINT, 
	CONSTRAINT pk_check PRIMARY KEY (id), 
	CONSTRAINT fk_check_body FOREIGN KEY(body) REFERENCES body (id), 
	CONSTRAINT fk_check_snapshot FOREIGN KEY(snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_check_watch FOREIGN KEY(watch) REFERENCES watch (id), 
	CONSTRAINT ck_check_outcome CHECK (outcome IN ('baseline', 'unchanged', 'changed', 'failed', 'suspect'))
);
INSERT INTO "check" VALUES(1,1,1707469200000000,120,'baseline',NULL,200,'["http://www.hmic.gov.uk/","https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"]','[["content-type","text/html"],["x-odd","a, ’b’"]]','"0"',NULL,1,1,NULL);
INSERT INTO "check" VALUES(2,1,1707472800000000,120,'changed',NULL,200,'["http://www.hmic.gov.uk/","https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"]','[["content-type","text/html"],["x-odd","a, ’b’"]]','"1"',NULL,2,2,NULL);
INSERT INTO "check" VALUES(3,1,1707476400000000,120,'changed',NULL,200,'["http://www.hmic.gov.uk/","https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"]','[["content-type","text/html"],["x-odd","a, ’b’"]]','"2"',NULL,3,3,NULL);
INSERT INTO "check" VALUES(4,1,1707480000000000,120,'failed','no answer within 20 seconds',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1707480000000000);
INSERT INTO "check" VALUES(5,1,1707483600000000,120,'failed','no answer within 20 seconds',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1707480000000000);
INSERT INTO "check" VALUES(6,1,1707487200000000,120,'failed','no answer within 20 seconds',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1707480000000000);
INSERT INTO "check" VALUES(7,2,1707487200000000,120,'failed','no answer within 20 seconds',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1707487200000000);
INSERT INTO "check" VALUES(8,2,1707490800000000,120,'suspect','a maintenance page',200,'["http://www.hmic.gov.uk/","https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"]','[["content-type","text/html"],["x-odd","a, ’b’"]]','"down"',NULL,4,NULL,1707487200000000);
INSERT INTO "check" VALUES(9,2,1707494400000000,120,'baseline',NULL,200,'["http://www.hmic.gov.uk/","https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"]','[["content-type","text/html"],["x-odd","a, ’b’"]]','"7"',NULL,5,4,1707487200000000);
CREATE TABLE page_version (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	lineage INTEGER NOT NULL, 
	first_snapshot INTEGER NOT NULL, 
	last_snapshot INTEGER, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	topics JSON NOT NULL, 
	related JSON NOT NULL, 
	contacts JSON NOT NULL, 
	CONSTRAINT pk_page_version PRIMARY KEY (id), 
	CONSTRAINT ck_page_version_held CHECK (last_snapshot >= first_snapshot), 
	CONSTRAINT ck_page_version_lineage CHECK (lineage <= id), 
	CONSTRAINT fk_page_version_first_snapshot FOREIGN KEY(first_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_page_version_last_snapshot FOREIGN KEY(last_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_page_version_watch FOREIGN KEY(watch) REFERENCES watch (id)
);
INSERT INTO "page_version" VALUES(1,1,1,1,NULL,'https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/','Child abuse','[]','[]','[]');
INSERT INTO "page_version" VALUES(2,2,2,4,NULL,'https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/','Child abuse','[]','[]','[]');
CREATE TABLE report_version (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	lineage INTEGER NOT NULL, 
	first_snapshot INTEGER NOT NULL, 
	last_snapshot INTEGER, 
	"key" TEXT NOT NULL, 
	title TEXT NOT NULL, 
	url TEXT, 
	published_year INTEGER, 
	published_month INTEGER, 
	published_day INTEGER, 
	published_text TEXT, 
	programme VARCHAR(10) NOT NULL, 
	kind VARCHAR(22) NOT NULL, 
	recommendations INTEGER, 
	causes_of_concern INTEGER, 
	area TEXT, 
	section JSON NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_report_version PRIMARY KEY (id), 
	CONSTRAINT ck_report_version_held CHECK (last_snapshot >= first_snapshot), 
	CONSTRAINT ck_report_version_lineage CHECK (lineage <= id), 
	CONSTRAINT fk_report_version_first_snapshot FOREIGN KEY(first_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_report_version_last_snapshot FOREIGN KEY(last_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_report_version_watch FOREIGN KEY(watch) REFERENCES watch (id), 
	CONSTRAINT ck_report_version_programme CHECK (programme IN ('NCPI', 'JTAI', 'JICPA', 'thematic', 'evaluation', 'review', 'related')), 
	CONSTRAINT ck_report_version_reportkind CHECK (kind IN ('inspection', 'post-inspection review', 're-inspection', 'quarterly update', 'revisit', 'progress report', 'methodology', 'terms of reference', 'evaluation', 'review'))
);
INSERT INTO "report_version" VALUES(1,1,1,1,2,'hmicfrs.justiceinspectorates.gov.uk/publications/a/','Report a','https://hmicfrs.justiceinspectorates.gov.uk/publications/a/',2015,NULL,NULL,'','thematic','inspection',NULL,NULL,NULL,'["Thematic reviews"]','We made no promise.');
INSERT INTO "report_version" VALUES(2,1,2,2,NULL,'hmicfrs.justiceinspectorates.gov.uk/publications/b/','Report b','https://hmicfrs.justiceinspectorates.gov.uk/publications/b/',2015,NULL,NULL,'','thematic','inspection',NULL,NULL,NULL,'["Thematic reviews"]','We made no promise.');
INSERT INTO "report_version" VALUES(3,1,1,3,NULL,'hmicfrs.justiceinspectorates.gov.uk/publications/a/','Report a','https://hmicfrs.justiceinspectorates.gov.uk/publications/a/',2015,NULL,NULL,'','thematic','inspection',NULL,NULL,NULL,'["Thematic reviews"]','Edited.');
INSERT INTO "report_version" VALUES(4,2,4,4,NULL,'hmicfrs.justiceinspectorates.gov.uk/publications/z/','Report z','https://hmicfrs.justiceinspectorates.gov.uk/publications/z/',2015,NULL,NULL,'','thematic','inspection',NULL,NULL,NULL,'["Thematic reviews"]','We made no promise.');
CREATE TABLE robots (
	origin TEXT NOT NULL, 
	status INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	fetched_at BIGINT NOT NULL, 
	CONSTRAINT pk_robots PRIMARY KEY (origin)
);
CREATE TABLE section_version (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	lineage INTEGER NOT NULL, 
	first_snapshot INTEGER NOT NULL, 
	last_snapshot INTEGER, 
	"key" TEXT NOT NULL, 
	level INTEGER NOT NULL, 
	path JSON NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	links JSON NOT NULL, 
	CONSTRAINT pk_section_version PRIMARY KEY (id), 
	CONSTRAINT ck_section_version_held CHECK (last_snapshot >= first_snapshot), 
	CONSTRAINT ck_section_version_lineage CHECK (lineage <= id), 
	CONSTRAINT fk_section_version_first_snapshot FOREIGN KEY(first_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_section_version_last_snapshot FOREIGN KEY(last_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT fk_section_version_watch FOREIGN KEY(watch) REFERENCES watch (id)
);
CREATE TABLE snapshot (
	id INTEGER NOT NULL, 
	watch INTEGER NOT NULL, 
	"check" INTEGER NOT NULL, 
	body INTEGER NOT NULL, 
	captured_at BIGINT NOT NULL, 
	confirmed_until BIGINT NOT NULL, 
	source VARCHAR(4) NOT NULL, 
	reader INTEGER NOT NULL, 
	sections INTEGER NOT NULL, 
	reports INTEGER NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	outline JSON NOT NULL, 
	CONSTRAINT pk_snapshot PRIMARY KEY (id), 
	CONSTRAINT ck_snapshot_confirmed CHECK (confirmed_until >= captured_at), 
	CONSTRAINT fk_snapshot_body FOREIGN KEY(body) REFERENCES body (id), 
	CONSTRAINT fk_snapshot_check FOREIGN KEY("check") REFERENCES "check" (id), 
	CONSTRAINT fk_snapshot_watch FOREIGN KEY(watch) REFERENCES watch (id), 
	CONSTRAINT ck_snapshot_source CHECK (source IN ('live'))
);
INSERT INTO "snapshot" VALUES(1,1,1,1,1707469200000000,1707469200000000,'live',1,0,1,'"0"',NULL,'{"page":1,"sections":[],"reports":[1]}');
INSERT INTO "snapshot" VALUES(2,1,2,2,1707472800000000,1707472800000000,'live',1,0,2,'"1"',NULL,'{"page":1,"sections":[],"reports":[1,2]}');
INSERT INTO "snapshot" VALUES(3,1,3,3,1707476400000000,1707476400000000,'live',1,0,2,'"2"',NULL,'{"page":1,"sections":[],"reports":[3,2]}');
INSERT INTO "snapshot" VALUES(4,2,9,5,1707494400000000,1707494400000000,'live',1,0,1,'"7"',NULL,'{"page":2,"sections":[],"reports":[4]}');
CREATE TABLE watch (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	url TEXT NOT NULL, 
	last_check INTEGER, 
	latest_snapshot INTEGER, 
	last_good_at BIGINT, 
	consecutive_failures INTEGER DEFAULT '0' NOT NULL, 
	trouble_since BIGINT, 
	trouble_told BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_watch PRIMARY KEY (id), 
	CONSTRAINT fk_watch_last_check FOREIGN KEY(last_check) REFERENCES "check" (id), 
	CONSTRAINT fk_watch_latest_snapshot FOREIGN KEY(latest_snapshot) REFERENCES snapshot (id), 
	CONSTRAINT uq_watch_name UNIQUE (name)
);
INSERT INTO "watch" VALUES(1,'child-protection','https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/',6,3,1707476400000000,3,1707480000000000,1);
INSERT INTO "watch" VALUES(2,'other','https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/',9,4,1707494400000000,0,NULL,0);
CREATE INDEX ix_check_watch_started_at ON "check" (watch, started_at);
CREATE INDEX ix_alert_state_next_attempt_at ON alert (state, next_attempt_at);
CREATE INDEX ix_snapshot_watch_captured_at ON snapshot (watch, captured_at);
CREATE INDEX ix_change_first_seen_after ON change (first_seen_after);
CREATE INDEX ix_change_watch_first_seen_after ON change (watch, first_seen_after);
CREATE INDEX ix_page_version_watch_lineage ON page_version (watch, lineage);
CREATE INDEX ix_report_version_watch_key ON report_version (watch, "key");
CREATE INDEX ix_report_version_watch_lineage ON report_version (watch, lineage);
CREATE INDEX ix_section_version_watch_key ON section_version (watch, "key");
CREATE INDEX ix_section_version_watch_lineage ON section_version (watch, lineage);
COMMIT;
