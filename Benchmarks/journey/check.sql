-- The balances of every household by a sum over the input, without the program.
--
-- check.py fills these tables, then runs every query below that bears a name; each must return no row.

create table line(household text, basket text, day text, cents integer);
create table household(household text primary key);
create table night(night text primary key);
create table reported_posting(night text, household text, kind text, points integer);
create table reported_balance(
    night text, household text, available integer, pending integer, next_on text, next_points integer);
create table code(code text primary key, reward text, household text);
create table redemption(household text, code text, reward text, day text);
create table reported_burn(
    night text, code text, outcome text, reward text, burned_at text, household text);
create table reported_exception(night text, kind text, source text, code text);
create table reported_codes(
    night text, reward text, assigned integer, burned integer, opening integer, closing integer);

-- data

-- 1 point per 1.00 of the basket, rounded down; spendable after 2 days, good for 20.
create table lot as
    select household, basket, min(day) as earned_on, sum(cents) / 100 as points,
        date(min(day), '+2 days') as active_on, date(min(day), '+20 days') as expires_on
    from line group by household, basket having sum(cents) >= 100;
create index lot_of on lot(household);

create table posting as
    select earned_on as night, household, 'accrue' as kind, points from lot
    union all
    select expires_on, household, 'expire', -points from lot
        where expires_on in (select night from night);

create table touched as select distinct night, household from posting;
create index reported_of on reported_balance(household, night);

-- What each household has at the end of each night that touches it, and at the end of all.
create table balance as
    select t.night, t.household,
        coalesce(sum(l.points) filter (where l.active_on <= t.night), 0) as available,
        coalesce(sum(l.points) filter (where l.active_on > t.night), 0) as pending,
        coalesce(min(l.expires_on), '') as next_on
    from (select night, household from touched union select night, household from reported_balance
            union select (select max(night) from night), household from household) t
        left join lot l on l.household = t.household and l.earned_on <= t.night
            and l.expires_on > t.night
    group by t.night, t.household;
create unique index balance_of on balance(household, night);

-- query: postings of a night and household differ
select night, household, kind, sum(expected) as expected, sum(reported) as reported,
    sum(expected_rows) as expected_rows, sum(reported_rows) as reported_rows
from (
    select night, household, kind, points as expected, 0 as reported, 1 as expected_rows,
        0 as reported_rows from posting
    union all
    select night, household, kind, 0, points, 0, 1 from reported_posting)
group by night, household, kind
having sum(expected) <> sum(reported) or sum(expected_rows) <> sum(reported_rows)
order by night, household, kind;

-- query: a household with postings is not among the balances of its night
select * from touched t where not exists (
    select * from reported_balance r where r.night = t.night and r.household = t.household)
order by night, household;

-- query: balances of a night and household differ
select r.night, r.household, b.available as expected_available, r.available,
    b.pending as expected_pending, r.pending, b.next_on as expected_next_on, r.next_on
from reported_balance r join balance b using (household, night)
where (b.available, b.pending, b.next_on) <> (r.available, r.pending, r.next_on)
order by r.night, r.household;

-- query: points that expire next differ
select r.night, r.household, coalesce(sum(l.points), 0) as expected, r.next_points
from reported_balance r left join lot l on l.household = r.household
    and l.earned_on <= r.night and l.expires_on = r.next_on
group by r.night, r.household, r.next_points having coalesce(sum(l.points), 0) <> r.next_points
order by r.night, r.household;

-- query: the last balance of a household is not what it has at the end
select h.household, b.available + b.pending as expected,
    coalesce(r.available + r.pending, 0) as reported, r.night as last_reported
from household h
    join balance b on b.household = h.household and b.night = (select max(night) from night)
    left join reported_balance r on r.household = h.household and r.night = (
        select max(night) from reported_balance where household = h.household)
where b.available + b.pending <> coalesce(r.available + r.pending, 0)
order by h.household;

-- query: a household that nobody knows
select distinct household from reported_balance
where household not in (select household from household) order by household;

-- query: a household twice in one night
select night, household, count(*) as rows from reported_balance
group by night, household having count(*) > 1 order by night, household;

-- query: burns of a night differ
select night, code, sum(expected) as expected, sum(reported) as reported
from (
    select day as night, code, 'burned' as outcome, reward, day || 'T12:00:00' as burned_at,
        household, 1 as expected, 0 as reported from redemption
    union all
    select night, code, outcome, reward, burned_at, household, 0, 1 from reported_burn)
group by night, code, outcome, reward, burned_at, household
having sum(expected) <> sum(reported) order by night, code;

-- query: a burn by the household that has the code, in its campaign, is an exception
select * from reported_exception where code <> '' order by night, code;

-- query: the codes of a campaign don't add up
select night.night, c.reward, c.had, b.burned as expected_burned, r.burned, r.assigned, r.closing
from night
    join (select reward, count(*) as had from code group by reward) c
    left join reported_codes r on r.night = night.night and r.reward = c.reward
    join (select n.night, k.reward, count(d.code) as burned
            from night n join (select distinct reward from code) k
                left join redemption d on d.reward = k.reward and d.day <= n.night
            group by n.night, k.reward) b on b.night = night.night and b.reward = c.reward
where (c.had - b.burned, b.burned, c.had - b.burned) is not (r.assigned, r.burned, r.closing)
order by night.night, c.reward;
