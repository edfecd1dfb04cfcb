-- What of a store must be equal however its nights were run. Small integers stand for texts inside one store only, and
-- postings are numbered in the order of writing, so every query says texts and dates instead. run sorts the rows.

-- query: members
select m.card, m.member_id, t.name, m.status, m.enrolled_on, date(m.since * 86400, 'unixepoch')
from member m join tier t on t.id = m.tier;

-- query: cards
select c.card, m.card from card c join member m on m.id = c.member;

-- query: tiers of members
select m.card, date(h.since * 86400, 'unixepoch'), t.name
from member_tier h join member m on m.id = h.member join tier t on t.id = h.tier;

-- query: orders
select s.name, o.id, hex(o.content), date(o.night * 86400, 'unixepoch'), date(o.ordered_on * 86400, 'unixepoch'),
    m.card, o.kind, o.state, o.net, o.base, o.returned, o.points, t.text
from orders o join system s on s.id = o.system left join member m on m.id = o.member left join terms t on t.id = o.terms;

-- query: parked orders
select s.name, p.id, date(p.parked_on * 86400, 'unixepoch'), p.reason, p.card, p.original, p.net,
    date(p.until * 86400, 'unixepoch'), date(p.ended_on * 86400, 'unixepoch'), p.outcome
from parked p join system s on s.id = p.system;

-- query: lots
select m.card, l.account, s.name, l.id, date(l.earned_on * 86400, 'unixepoch'), date(l.active_on * 86400, 'unixepoch'),
    date(l.expires_on * 86400, 'unixepoch'), l.points, l.remaining
from lot l join member m on m.id = l.member left join system s on s.id = l.system;

-- query: debts
select m.card, d.account, d.points from debt d join member m on m.id = d.member;

-- query: postings
select date(p.night * 86400, 'unixepoch'), m.card, p.account, k.name, s.name, p.source, ls.name, p.lot, p.points,
    date(p.date * 86400, 'unixepoch'), date(p.active_on * 86400, 'unixepoch'), date(p.expires_on * 86400, 'unixepoch')
from posting p join member m on m.id = p.member join posting_kind k on k.id = p.kind
    left join system s on s.id = p.system left join system ls on ls.id = p.lot_system;

-- query: balances
select date(b.night * 86400, 'unixepoch'), m.card, b.account, b.available, b.pending, b.debt,
    date(b.next_expires_on * 86400, 'unixepoch'), b.next_expiring_points, t.name
from balance b join member m on m.id = b.member join tier t on t.id = b.tier;

-- query: expiries to come
select distinct date(e.expires_on * 86400, 'unixepoch'), m.card from expiring e join member m on m.id = e.member
where exists (select 1 from lot l where l.member = e.member and l.expires_on = e.expires_on);

-- query: orders by store
select date(t.night * 86400, 'unixepoch'), t.store, t.channel, t.orders, t.returns, t.anonymous, t.lines, t.net, t.accrued,
    t.returned
from order_total t;

-- query: open points
select date(l.night * 86400, 'unixepoch'), l.account, l.month, l.active_on, l.points from liability l;

-- query: points about to expire
select date(e.night * 86400, 'unixepoch'), m.card, e.account, date(e.expires_on * 86400, 'unixepoch'), e.points
from expiring_points e join member m on m.id = e.member;

-- query: nights
select date(n.day * 86400, 'unixepoch'), n.state, (n.last_posting is null), n.last_posting - n.first_posting from night n;

-- query: totals of nights
select date(t.night * 86400, 'unixepoch'), t.position, t.name, t.value from night_total t;

-- query: lots that no expiry will find: none
select m.card, l.id from lot l join member m on m.id = l.member
where l.expires_on is not null and not exists
    (select 1 from expiring e where e.member = l.member and e.expires_on = l.expires_on);

-- query: the register
select c.code, s.name, r.name, c.state, c.card, c.valid_from, c.expires_on, date(c.added_on * 86400, 'unixepoch'),
    c.assigned_at, c.burned_at, b.name, c.burn
from code c join code_system s on s.id = c.owner join reward r on r.id = c.reward
    left join code_system b on b.id = c.burned_in;

-- query: what became of codes
select e.code, s.name, date(e.night * 86400, 'unixepoch'), e.seq, e.before, e.after, e.at, b.name, e.reason, e.card, e.source
from code_event e join code_system s on s.id = e.owner left join code_system b on b.id = e.system;

-- query: burns
select s.name, b.id, date(b.night * 86400, 'unixepoch'), b.code, b.burned_at, b.card, b.state, b.outcome
from burn b join code_system s on s.id = b.system;

-- query: outcomes of burns
select date(o.night * 86400, 'unixepoch'), s.name, o.id, o.is_reversal, o.outcome, r.name, o.charged
from burn_outcome o join code_system s on s.id = o.system left join reward r on r.id = o.reward;

-- query: codes by reward
select date(c.night * 86400, 'unixepoch'), r.name, c.opening, c.imported, c.burned, c.expired, c.voided, c.closing
from code_flow c join reward r on r.id = c.reward;
