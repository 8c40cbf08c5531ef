CREATE TABLE tasks (
  firm_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL,
  title TEXT NOT NULL,
  is_done BOOLEAN NOT NULL,
  due_on DATE,
  assignee_id TEXT,
  PRIMARY KEY (firm_id, id),
  FOREIGN KEY (firm_id, case_id) REFERENCES cases (firm_id, id),
  FOREIGN KEY (firm_id, assignee_id) REFERENCES people (firm_id, id)
);
CREATE INDEX tasks_of_case ON tasks (firm_id, case_id, due_on, id);
CREATE INDEX tasks_of_assignee ON tasks (firm_id, assignee_id);

CREATE TABLE checklist_items (
  firm_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  is_done BOOLEAN NOT NULL,
  PRIMARY KEY (firm_id, task_id, position),
  FOREIGN KEY (firm_id, task_id) REFERENCES tasks (firm_id, id)
);
