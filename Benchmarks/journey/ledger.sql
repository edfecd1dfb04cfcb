-- What of a store must be equal however its nights were run. Small integers stand for texts inside one store only, so
-- every query says the text instead. run sorts the rows.

-- query: orders
select s.text, o.order_id, c.text, o.night, o.date, o.net, hex(o.hash)
from orders o join system s on s.id = o.system left join card c on c.id = o.card;

-- query: lots
select c.text, l.account, l.lot, l.earned_on, l.active_on, l.expires_on, l.points, l.remaining
from lot l join card c on c.id = l.card;

-- query: postings
select p.night, c.text, p.account, p.kind, p.source, p.lot, p.points
from posting p join card c on c.id = p.card;
