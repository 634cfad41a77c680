import { pageOf } from "@luna/shared/http/cursor";
import { routesOf } from "@luna/shared/http/route";

import { pauseTask, resumeTask, runTaskNow, Started, TaskParams } from "./command-task.ts";
import type { SchedulerContext } from "./context.ts";
import { History, HistoryQuery, listHistory } from "./list-history.ts";
import { listTasks } from "./list-tasks.ts";
import { ScheduledTask } from "./scheduled-task.ts";

const route = routesOf<SchedulerContext>();

export const routes = [
  route({
    method: "GET",
    path: "/v1/admin/scheduled-tasks",
    access: "admin",
    summary: "Every job, when it runs next and how it went last",
    answers: { 200: pageOf(ScheduledTask) },
    handler: listTasks,
  }),
  route({
    method: "GET",
    path: "/v1/admin/scheduled-tasks/history",
    alias: "/api/admin/scheduled-tasks/history",
    access: "admin",
    summary: "What became of every slot of the last 90 days",
    query: HistoryQuery,
    answers: { 200: History },
    handler: listHistory,
  }),
  route({
    method: "POST",
    path: "/v1/admin/scheduled-tasks/:name/run",
    access: "admin",
    summary: "Start a job now",
    params: TaskParams,
    answers: { 202: Started },
    problems: ["conflict", "unavailable"],
    handler: runTaskNow,
  }),
  route({
    method: "POST",
    path: "/v1/admin/scheduled-tasks/:name/pause",
    access: "admin",
    summary: "Keep a job from starting",
    params: TaskParams,
    answers: { 200: ScheduledTask },
    problems: ["unavailable"],
    handler: pauseTask,
  }),
  route({
    method: "POST",
    path: "/v1/admin/scheduled-tasks/:name/resume",
    access: "admin",
    summary: "Let a paused job start again",
    params: TaskParams,
    answers: { 200: ScheduledTask },
    problems: ["unavailable"],
    handler: resumeTask,
  }),
];
